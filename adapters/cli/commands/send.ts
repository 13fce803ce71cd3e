/** `im-client send`: sends one message, and waits for what became of it. */
import { addAbortSignal } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { type IMClient, IMError, type Message, type MessageStatus, STATUS_LADDER } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-code.ts'
import { messageLine, oneLine } from '../message-text.ts'
import { type ServerOptions, withServer } from '../options.ts'
import { CONNECT_TIMEOUT_MS, connect, withClient } from '../session.ts'
import { parseTimeout } from '../values.ts'

interface SendOptions extends ServerOptions {
  readonly wait: MessageStatus
  readonly timeout?: number
  readonly replyTo?: string
  readonly dataJson?: string
  readonly expectReply?: boolean
}

/** How long an answer may take where nothing says how long, in milliseconds. */
const REPLY_TIMEOUT_MS = 60_000

const EXAMPLES = `
Examples:
  im-client send alice "hello" --agent bob --server http://127.0.0.1:8080
  im-client send alice "are you there?" --workspace bob --expect-reply --timeout 2m
  im-client send alice - --workspace bob --data-json '{"rows": 3}' < report.txt
  im-client send employee - --workspace bob --expect-reply --timeout 5m < app.log

The message is stored in the workspace's outbox first. If the server cannot be reached it stays there, and goes out
when the workspace connects the next time: there is no need to send it again.`

/** Adds `send`. */
export function addSend(program: Command, context: Context): void {
  const wait = new Option('--wait <status>', 'how far the message has to come; queued: stored here, no server needed')
  withServer(program.command('send').description('send a message'))
    .argument('<to>', 'an account, or the id of a group')
    .argument('<text...>', 'the text, or - for standard input')
    .addOption(wait.choices([...STATUS_LADDER]).default('accepted'))
    .option(
      '--expect-reply',
      'wait for the message that answers this one, and print it; news of the work go to standard error',
    )
    .option('-t, --timeout <time>', 'how long to wait (default: 10s, for a reply 60s)', parseTimeout)
    .option('--reply-to <message id>', 'the message that this one answers')
    .option('--data-json <json>', 'data to go with the text')
    .addHelpText('after', EXAMPLES)
    .action((to: string, words: string[], options: SendOptions) =>
      withClient(options, context, client => send(client, { ...options, to, words }, context)),
    )
}

async function send(
  client: IMClient,
  { to, words, ...options }: SendOptions & { readonly to: string; readonly words: readonly string[] },
  context: Context,
): Promise<void> {
  const { terminal, signal } = context
  const { wait, expectReply, timeout = expectReply ? REPLY_TIMEOUT_MS : CONNECT_TIMEOUT_MS } = options
  const text = words.length === 1 && words[0] === '-' ? await readStandardInput(signal) : words.join(' ')
  const data = parseData(options.dataJson)
  const answered = options.replyTo === undefined ? {} : { replyTo: options.replyTo }
  const message = await client.sendMessage({ to, text, ...answered, ...(data === undefined ? {} : { data }) })
  const reply = replyTo(message, client, ({ from, text }) => terminal.note(`${oneLine(from)}: ${oneLine(text)}`))
  if (wait === 'queued' && !expectReply) return report(message, context)
  const deadline = Date.now() + timeout
  await connectOrKeep(client, message, { ...context, timeoutMs: Math.min(timeout, CONNECT_TIMEOUT_MS) })
  const remaining = () => Math.max(1, deadline - Date.now())
  report(await client.waitForStatus(message.id, wait, { timeoutMs: remaining(), signal }), context)
  if (!expectReply) return
  const answer = await within(reply, remaining(), signal)
  terminal.print(answer, messageLine(answer, terminal))
}

function report(message: Message, { terminal }: Context): void {
  terminal.print(message, `${message.status} ${terminal.style('dim', `${message.id} to ${oneLine(message.to)}`)}`)
}

/** A message that cannot go out now is not lost, and whoever sent it should know. */
async function connectOrKeep(
  client: IMClient,
  message: Message,
  context: Context & { readonly timeoutMs: number },
): Promise<void> {
  try {
    await connect(client, context)
  } catch (error) {
    report(message, context)
    context.terminal.note('The message is kept in the outbox, and goes out when this workspace connects again.')
    throw error
  }
}

/** The first message that answers this one. Listens from now on; news of work that goes on are no answer. */
function replyTo(
  { id, conversationId }: Message,
  client: IMClient,
  onProgress: (news: Message) => void,
): Promise<Message> {
  return new Promise(resolve => {
    client.on('message', message => {
      if (message.replyTo !== id || message.conversationId !== conversationId) return
      if (message.replyKind === 'progress') onProgress(message)
      else resolve(message)
    })
  })
}

/** What comes first: the reply, the end of the time, or the wish to stop. */
async function within(reply: Promise<Message>, timeoutMs: number, signal: AbortSignal): Promise<Message> {
  const late = new IMError('WAIT_TIMEOUT', 'No answer came in time. When it comes it will be in the history.')
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(late), timeoutMs)
  const onAbort = () => end.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([reply, rejection(end.signal)])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
    if (signal.aborted) reject(signal.reason)
  })
}

/** Standard input without the line end that editors and `echo` add. */
async function readStandardInput(signal: AbortSignal): Promise<string> {
  return (await readText(addAbortSignal(signal, process.stdin))).replace(/\r?\n$/, '')
}

function parseData(json: string | undefined): unknown {
  if (json === undefined) return undefined
  try {
    return JSON.parse(json) as unknown
  } catch (error) {
    throw new UsageError(`--data-json is not JSON: ${(error as Error).message}`)
  }
}
