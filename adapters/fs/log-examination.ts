/** Looks at a conversation's file, line by line, and changes nothing. */
import type { JsonObject } from '../../src/index.ts'
import type { FileHandle, FileSystem } from './file-system.ts'
import type { Finding } from './finding.ts'
import { endOfLines, lineNumbers, readAt } from './lines.ts'
import { parseLogLine } from './log-line.ts'
import { LogReader } from './log-reader.ts'
import { Positions } from './positions.ts'
import { at } from './storage-error.ts'

/** What a conversation's file holds, and what is wrong with it. */
export interface LogExamination {
  /** Ascending. */
  readonly seqs: readonly number[]
  readonly findings: readonly Finding[]
}

/** What to look at. `isWritten`: somebody may be in the middle of a line. */
export interface LogTarget {
  readonly path: string
  readonly place: string
  readonly isWritten: boolean
  /** Told of each entry, in order. */
  readonly onEntry: (value: JsonObject) => void
}

/** See the head of this file. */
export function examineLog(fileSystem: FileSystem, target: LogTarget): Promise<LogExamination> {
  return at(target.path, async () => {
    const handle = await fileSystem.open(target.path, 'r')
    try {
      return await examine(handle, target)
    } finally {
      await handle.close()
    }
  })
}

async function examine(handle: FileHandle, { place, isWritten, onEntry }: LogTarget): Promise<LogExamination> {
  const { size } = await handle.stat()
  const end = await endOfLines(handle, size)
  const reader = new LogReader(handle, end, new Positions())
  const seqs: number[] = []
  for await (const entries of reader.ascending(Number.NEGATIVE_INFINITY)) {
    for (const { seq, value } of entries) {
      seqs.push(seq)
      onEntry(value)
    }
  }
  const findings = await badLines(handle, place, reader)
  if (end < size && !isWritten) {
    const entry = parseLogLine({ offset: end, bytes: await readAt(handle, end, size - end) })
    const [line = 1] = await lineNumbers(handle, [end])
    const isWhole = entry !== undefined && entry.seq > (seqs.at(-1) ?? Number.NEGATIVE_INFINITY)
    if (isWhole) {
      seqs.push(entry.seq)
      onEntry(entry.value)
    }
    findings.push({ kind: 'torn-tail', place, line, isDamage: false, ...(isWhole ? UNENDED : TORN) })
  }
  return { seqs, findings }
}

const UNENDED = {
  message: 'The last line lacks its line end: whoever wrote it was stopped just before.',
  remedy: 'Opening completes it.',
}

const TORN = {
  message: 'The file ends in the middle of a line: whoever wrote it was stopped. What it lacks is in the journal.',
  remedy: 'Opening moves the rest of the line to quarantine/.',
}

async function badLines(handle: FileHandle, place: string, { bad }: LogReader): Promise<Finding[]> {
  const offsets = bad.map(({ offset }) => offset).sort((a, b) => a - b)
  const numbers = await lineNumbers(handle, offsets)
  return numbers.map(line => ({
    kind: 'bad-line',
    place,
    line,
    isDamage: true,
    message:
      'The line is no event, or stands out of the order of its sequence numbers: it was altered, and is not shown.',
    remedy: 'im-client doctor moves it to quarantine/. Its message is fetched again where the server still has it.',
  }))
}
