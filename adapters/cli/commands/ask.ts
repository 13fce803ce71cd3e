/** `im-client ask`: asks a question, and waits for the answer, also where the command has to be run again for that. */
import { randomUUID } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { AskResult, IMClient, Importance } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { EXIT_CODE, Failed, Interrupted, UsageError } from '../exit-code.ts'
import { parseData, readWords } from '../input.ts'
import { localTime, messageLine, oneLine } from '../message-text.ts'
import { type ServerOptions, withServer } from '../options.ts'
import { CONNECT_TIMEOUT_MS, connect, withClient } from '../session.ts'
import { parseTimeout } from '../values.ts'

interface AskCommandOptions extends ServerOptions {
  readonly timeout: number
  readonly dataJson?: string
  readonly importance?: Importance
  readonly resume?: string
  readonly list?: boolean
}

const EXAMPLES = `
Examples:
  im-client ask employee "how many errors?" --workspace bob --timeout 2m
  im-client ask --resume <id> --workspace bob
  im-client ask --list --workspace bob

Nobody begins with a question after its time; then it has expired. If somebody has begun by then it is pending: the answer
will still come, and --resume waits for it. It exits with 0 for an answer, 7 where the question was declined, and 6 where
it has expired or is pending.`

/** Adds `ask`. */
export function addAsk(program: Command, context: Context): void {
  withServer(program.command('ask').description('ask, and wait for the answer'))
    .argument('[to]', 'an account, or the id of a group')
    .argument('[text...]', 'the question, or - for standard input')
    .option('-t, --timeout <time>', 'how long to wait, from the last news (default: 1m)', parseTimeout, 60_000)
    .option('--data-json <json>', 'data to go with the text')
    .addOption(new Option('--importance <level>', 'how much it matters').choices(['low', 'normal', 'high']))
    .option('--resume <id>', 'wait for the answer to a question that was asked before')
    .option('--list', 'list the questions that are open')
    .addHelpText('after', EXAMPLES)
    .action((to: string | undefined, words: string[], options: AskCommandOptions) =>
      withClient(options, context, client => run(client, { ...options, to, words }, context)),
    )
}

async function run(
  client: IMClient,
  options: AskCommandOptions & { readonly to: string | undefined; readonly words: readonly string[] },
  context: Context,
): Promise<void> {
  if (options.list) return await list(client, context)
  const { terminal, signal } = context
  const { to, words, timeout: timeoutMs, resume, importance } = options
  const onProgress = ({ from, text }: { readonly from: string; readonly text: string }) =>
    terminal.note(`${oneLine(from)}: ${oneLine(text)}`)
  const waiting = { timeoutMs, signal, onProgress }
  if (resume !== undefined) {
    await connect(client, { ...context, timeoutMs: Math.min(timeoutMs, CONNECT_TIMEOUT_MS) })
    return report(await untilStopped(resume, client.resumeAsk(resume, waiting), context), context)
  }
  if (to === undefined || words.length === 0)
    throw new UsageError('Whom to ask, and what? Or --resume <id>, or --list.')
  const text = await readWords(words, signal)
  const data = parseData(options.dataJson)
  const id = randomUUID() // known before anything happens: whoever stops the command can wait on
  const question = { id, to, text, ...(importance ? { importance } : {}), ...(data === undefined ? {} : { data }) }
  await connect(client, { ...context, timeoutMs: Math.min(timeoutMs, CONNECT_TIMEOUT_MS) })
  report(await untilStopped(id, client.ask({ ...question, ...waiting }), context), context)
}

/** Whoever stops the command is told how to wait on. */
async function untilStopped(id: string, asking: Promise<AskResult>, { terminal }: Context): Promise<AskResult> {
  try {
    return await asking
  } catch (error) {
    if (error instanceof Interrupted) terminal.note(`The question stays open. To wait on: im-client ask --resume ${id}`)
    throw error
  }
}

function report(result: AskResult, { terminal }: Context): void {
  const { outcome, id, question } = result
  if ('answer' in result) {
    terminal.print(result, messageLine(result.answer, terminal))
    if (outcome === 'declined') throw new Failed(EXIT_CODE.declined)
    return
  }
  const to = oneLine(question.to)
  terminal.print(
    result,
    outcome === 'pending'
      ? `${to} has begun, and has not answered yet. To wait on: im-client ask --resume ${id}`
      : `${to} had not begun when the time was over, and will not.`,
  )
  throw new Failed(EXIT_CODE.nothing)
}

async function list(client: IMClient, { terminal }: Context): Promise<void> {
  const open = await client.listAsks()
  for (const ask of open) {
    const { id, conversationId, state, expiresAt } = ask
    terminal.print(ask, `${id}  ${oneLine(conversationId)}  ${state}  to begin by ${localTime(expiresAt)}`)
  }
  if (open.length === 0) terminal.note('No question is open.')
}
