/** Reads the lines of an open file in either direction, in chunks. Lines end at byte 0x0A and nowhere else. */
import type { FileHandle } from './file-system.ts'

/** A line without its line feed, and where it begins. */
export interface Line {
  readonly offset: number
  readonly bytes: Buffer
}

/** One chunk holds the newest 50 messages of an ordinary conversation. */
const CHUNK_BYTES = 16 * 1024

/** Chunks double up to this, so that a long line or a whole file takes few reads. */
const MAX_CHUNK_BYTES = 1024 * 1024

/** A torn line is looked for from the end, in steps of this. */
const TAIL_BYTES = 4096

const LINE_FEED = 0x0a
const NOTHING: Buffer = Buffer.alloc(0)

/** The whole lines from `start`, where a line begins, up to `end`; a group for each chunk. */
export async function* linesForward(handle: FileHandle, start: number, end: number): AsyncGenerator<Line[]> {
  let carried = NOTHING
  let position = start
  for (let size = CHUNK_BYTES; position < end; size = Math.min(2 * size, MAX_CHUNK_BYTES)) {
    const chunk = await readAt(handle, position, Math.min(size, end - position))
    if (chunk.length === 0) return
    position += chunk.length
    const data = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk
    const lines: Line[] = []
    let from = 0
    for (let at = data.indexOf(LINE_FEED, carried.length); at >= 0; at = data.indexOf(LINE_FEED, from)) {
      lines.push({ offset: position - data.length + from, bytes: data.subarray(from, at) })
      from = at + 1
    }
    carried = data.subarray(from)
    if (lines.length > 0) yield lines
  }
}

/** The lines that end before `end`, where a line begins, last one first; a group for each chunk. */
export async function* linesBackward(handle: FileHandle, end: number): AsyncGenerator<Line[]> {
  let carried = NOTHING
  let position = end
  for (let size = CHUNK_BYTES; position > 0; size = Math.min(2 * size, MAX_CHUNK_BYTES)) {
    const length = Math.min(size, position)
    const chunk = await readAt(handle, position - length, length)
    position -= length
    const data = carried.length > 0 ? Buffer.concat([chunk, carried]) : chunk
    const first = position === 0 ? 0 : data.indexOf(LINE_FEED) + 1 // a line that began before this chunk waits
    const lines = splitBackward(data, first, position)
    carried = position === 0 ? NOTHING : data.subarray(0, first)
    if (lines.length > 0) yield lines
  }
}

function splitBackward(data: Buffer, first: number, position: number): Line[] {
  const lines: Line[] = []
  for (let end = data.length - 1; end >= first; ) {
    const from = end > first ? Math.max(data.lastIndexOf(LINE_FEED, end - 1) + 1, first) : first
    lines.push({ offset: position + from, bytes: data.subarray(from, end) })
    end = from - 1
  }
  return lines
}

/** Up to `length` bytes at a position; fewer at the end of the file. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** The numbers of the lines, counted from 1, that begin at some positions, ascending. Reads everything before the last. */
export async function lineNumbers(handle: FileHandle, positions: readonly number[]): Promise<number[]> {
  const numbers: number[] = []
  let number = 1
  let at = 0
  for (const position of positions) {
    while (at < position) {
      const bytes = await readAt(handle, at, Math.min(MAX_CHUNK_BYTES, position - at))
      if (bytes.length === 0) break
      for (const byte of bytes) if (byte === LINE_FEED) number += 1
      at += bytes.length
    }
    numbers.push(number)
  }
  return numbers
}

/** Where the last whole line of a file of some size ends. */
export async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const length = Math.min(TAIL_BYTES, end)
    const at = (await readAt(handle, end - length, length)).lastIndexOf(LINE_FEED)
    if (at >= 0) return end - length + at + 1
    end -= length
  }
  return 0
}
