/** `im-client send`: sends one message, and waits for what became of it. */
import { type Command, Option } from 'commander'
import {
  type IMClient,
  IMError,
  type Importance,
  type Message,
  type MessageStatus,
  STATUS_LADDER,
} from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { parseData, readWords } from '../input.ts'
import { messageLine, oneLine } from '../message-text.ts'
import { type ServerOptions, withServer } from '../options.ts'
import { CONNECT_TIMEOUT_MS, connect, withClient } from '../session.ts'
import { parseDuration, parseTimeout } from '../values.ts'

interface SendOptions extends ServerOptions {
  readonly wait: MessageStatus
  readonly timeout?: number
  readonly replyTo?: string
  readonly dataJson?: string
  readonly expectReply?: boolean
  readonly importance?: Importance
  readonly expires?: number
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
    .addOption(new Option('--importance <level>', 'how much it matters').choices(['low', 'normal', 'high']))
    .option('--expires <time>', 'nobody is to begin with it after this', parseDuration)
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
  const text = await readWords(words, signal)
  const data = parseData(options.dataJson)
  const message = await client.sendMessage({ to, text, ...extrasOf(options), ...(data === undefined ? {} : { data }) })
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

function extrasOf({ replyTo, importance, expires, expectReply }: SendOptions) {
  return {
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(importance === undefined ? {} : { importance }),
    ...(expires === undefined ? {} : { expiresAt: new Date(Date.now() + expires).toISOString() }),
    ...(expectReply ? { expectsReply: true } : {}),
  }
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
