/** What a command is given to send: words or standard input, and data. */
import { addAbortSignal } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { UsageError } from './exit-code.ts'

/** The text that the words of a command line make; `-` alone is standard input, without the line end that editors and `echo` add. */
export async function readWords(words: readonly string[], signal: AbortSignal): Promise<string> {
  if (words.length !== 1 || words[0] !== '-') return words.join(' ')
  return (await readText(addAbortSignal(signal, process.stdin))).replace(/\r?\n$/, '')
}

/** The value of `--data-json`. @throws UsageError for what is not JSON */
export function parseData(json: string | undefined): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json) as unknown
  } catch (error) {
    throw new UsageError(`--data-json is not JSON: ${(error as Error).message}`)
  }
}
