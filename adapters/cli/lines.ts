/** Lines of a stream of bytes, split at 0x0A only: other line ends are text. */

/** A line, its number from 1, and how many bytes were read up to its end. */
export interface Line {
  readonly number: number
  readonly bytesRead: number
  /** `undefined` for a line that is longer than {@link MAX_LINE_BYTES}. */
  readonly text: string | undefined
}

/** No message is longer; a longer line is not kept in memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

const LINE_END = 0x0a

/** Splits a stream into lines. The last may lack its line end. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, void> {
  let number = 0
  let bytesRead = 0
  let parts: Uint8Array[] = []
  let length = 0
  const line = (): Line => {
    number += 1
    const text = length > MAX_LINE_BYTES ? undefined : Buffer.concat(parts).toString('utf8')
    parts = []
    length = 0
    return { number, bytesRead, text }
  }
  const add = (part: Uint8Array) => {
    length += part.length
    bytesRead += part.length
    if (length > MAX_LINE_BYTES) parts = []
    else parts.push(part)
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      add(chunk.subarray(start, end))
      bytesRead += 1
      yield line()
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  if (length > 0) yield line()
}
