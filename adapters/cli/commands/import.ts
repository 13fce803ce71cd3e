/** `im-client import`: brings a file of messages into a workspace. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import type { Command } from 'commander'
import { fsStorage } from 'im-client/adapters/fs'
import { IMError, type ImportedMessage, Importer } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { Failed, UsageError } from '../exit-code.ts'
import { type Line, readLines } from '../lines.ts'
import { expandHome, type WorkspaceOptions, withWorkspace } from '../options.ts'
import { ProgressBar } from '../progress.ts'
import { requireWorkspace } from '../session.ts'

/** Messages in one write. */
const BATCH_SIZE = 1000
/** Lines that are told of one by one; further bad ones are counted. */
const MAX_REPORTED = 100

const EXAMPLES = `
Examples:
  im-client import chat.jsonl --workspace bob
  zcat chat.jsonl.gz | im-client import - --agent archive

Each line is one message: {"id", "conversation", "at", "from", "text", "replyTo"?}, "at" being an instant in ISO 8601.
What is there already is left as it is, so a file can be imported again. A line that cannot be imported is told with
its number; the others are imported all the same, and the exit code is 1.`

/** Adds `import`. */
export function addImport(program: Command, context: Context): void {
  withWorkspace(program.command('import').description('bring messages from a JSON Lines file into a workspace'))
    .argument('<file>', 'the file, or - for standard input')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: WorkspaceOptions) => importFile(file, options, context))
}

async function importFile(file: string, options: WorkspaceOptions, context: Context): Promise<void> {
  const { terminal } = context
  const source = await openSource(file, context.signal)
  const { agent } = options
  const importer = new Importer(fsStorage(requireWorkspace(options)), {
    ...(agent === undefined ? {} : { agentId: agent }),
    onRepair: repair => terminal.warn({ code: 'REPAIRED', ...repair }),
    onDamage: ({ code, message, details }) => terminal.warn({ code, message, details }),
  })
  await importer.open()
  try {
    await new ImportRun(importer, context, source.size).run(source.chunks)
  } finally {
    await importer.close()
  }
}

interface Pending {
  readonly line: number
  readonly message: ImportedMessage
}

/** One import, from the first line to the summary. */
class ImportRun {
  readonly #importer: Importer
  readonly #context: Context
  readonly #progress: ProgressBar
  readonly #conversations = new Set<string>()
  #pending: Pending[] = []
  #added = 0
  #known = 0
  #refused = 0

  constructor(importer: Importer, context: Context, size: number | undefined) {
    this.#importer = importer
    this.#context = context
    this.#progress = new ProgressBar(context.terminal, size)
  }

  /** @throws `Failed` after the summary where lines were refused, `Interrupted` where it did not come to the end */
  async run(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { signal } = this.#context
    try {
      for await (const line of readLines(chunks)) await this.#take(line)
    } catch (error) {
      if (!signal.aborted) throw error // an interrupted import stores what it has read
    }
    await this.#store()
    this.#progress.clear()
    this.#summarize()
    signal.throwIfAborted()
    if (this.#refused > 0) throw new Failed()
  }

  async #take({ number, text, bytesRead }: Line): Promise<void> {
    if (text === undefined) this.#refuse(number, new IMError('MESSAGE_TOO_LARGE', 'The line is too long.'))
    else if (text.trim() !== '') this.#read(number, text)
    if (this.#pending.length >= BATCH_SIZE) await this.#store()
    this.#progress.show(bytesRead, `${this.#added} messages`)
  }

  #read(line: number, text: string): void {
    try {
      const { conversation: conversationId, ...message } = parseLine(line === 1 ? text.replace(/^\ufeff/, '') : text)
      this.#pending.push({ line, message: { ...message, conversationId } as ImportedMessage })
    } catch (error) {
      if (!(error instanceof IMError)) throw error
      this.#refuse(line, error)
    }
  }

  async #store(): Promise<void> {
    const batch = this.#pending
    this.#pending = []
    const { added, known, refused } = await this.#importer.add(batch.map(({ message }) => message))
    this.#added += added
    this.#known += known
    const bad = new Set(refused.map(({ index }) => index))
    for (const [index, { message }] of batch.entries()) {
      if (!bad.has(index)) this.#conversations.add(message.conversationId)
    }
    for (const { index, error } of refused) this.#refuse(batch[index]?.line ?? 0, error)
  }

  #refuse(line: number, { code, message }: IMError): void {
    this.#refused += 1
    if (this.#refused > MAX_REPORTED) return
    this.#progress.clear()
    this.#context.terminal.warn({ line, code, message: `line ${line}: ${message}` })
  }

  #summarize(): void {
    const { terminal } = this.#context
    const [added, known, refused, conversations] = [this.#added, this.#known, this.#refused, this.#conversations.size]
    const text = `${added} messages imported, ${known} were there already, ${refused} lines refused, ${conversations} conversations`
    terminal.print({ added, known, refused, conversations }, text)
  }
}

/** @throws IMError `MESSAGE_INVALID` for what is no JSON object */
function parseLine(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new IMError('MESSAGE_INVALID', 'The line is not JSON.', { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new IMError('MESSAGE_INVALID', 'The line is not a JSON object.')
}

interface Source {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly size: number | undefined
}

/** Opens the file, or standard input. The signal ends the reading. */
async function openSource(file: string, signal: AbortSignal): Promise<Source> {
  if (file === '-') return { chunks: addAbortSignal(signal, process.stdin), size: undefined }
  const path = expandHome(file)
  const found = await stat(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new UsageError(`The file ${path} cannot be read (${code}).`)
  })
  if (found.isDirectory()) throw new UsageError(`${path} is a folder; give a file of JSON lines.`)
  return { chunks: createReadStream(path, { signal }), size: found.size }
}
