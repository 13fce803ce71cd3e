/** `im-client listen`: prints messages as they come. */
import type { Command } from 'commander'
import type { ConnectionState, IMClient, Message } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { Interrupted } from '../exit-code.ts'
import { incomingLine } from '../message-text.ts'
import { type ServerOptions, withServer } from '../options.ts'
import { connect, type Held, withClient } from '../session.ts'
import { parseCount } from '../values.ts'

interface ListenOptions extends ServerOptions {
  readonly once?: boolean
  readonly count?: number
}

const EXAMPLES = `
Examples:
  im-client listen --agent alice --server http://127.0.0.1:8080
  im-client listen --workspace alice --json | jq -r .text
  im-client listen --workspace alice --once

Prints first what came while nobody listened. What was printed counts as read. Runs until Ctrl-C. While an agent runs on
the workspace, it prints what comes from now on, and nothing counts as read: that is the agent's to say.`

/** Adds `listen`. */
export function addListen(program: Command, context: Context): void {
  withServer(program.command('listen').description('print messages as they come'))
    .option('-n, --count <number>', 'end after this many messages', parseCount)
    .option('--once', 'end after one message')
    .addHelpText('after', EXAMPLES)
    .action((options: ListenOptions) =>
      withClient(options, context, (client, { owner }) => listen(client, { ...options, owner }, context)),
    )
}

async function listen(
  client: IMClient,
  { once, count, owner }: ListenOptions & Pick<Held, 'owner'>,
  context: Context,
): Promise<void> {
  const { terminal, signal } = context
  const end = new AbortController()
  let failure: unknown
  const fail = (reason: unknown) => {
    failure ??= reason
    end.abort()
  }
  signal.addEventListener('abort', () => end.abort())
  if (signal.aborted) end.abort()
  client.on('state', state => watch(state, fail, context))
  watch(client.state, fail, context) // of a view: as its owner's was before
  connect(client, { terminal, signal: end.signal }).catch(fail)
  let missing = once ? 1 : (count ?? Number.POSITIVE_INFINITY)
  for await (const message of owner ? arriving(client, end.signal) : client.messages({ signal: end.signal })) {
    terminal.print(message, incomingLine(message, terminal))
    if (--missing === 0) end.abort() // and not `break`, which would leave this message unhandled
  }
  if (failure !== undefined && !isWished(failure, end.signal)) throw failure
}

/** Messages as they are stored. They are another process's to handle: nothing waits for them to be printed here. */
async function* arriving(client: IMClient, signal: AbortSignal): AsyncGenerator<Message> {
  const arrived: Message[] = []
  let wake = () => {}
  const off = client.on('message', message => {
    arrived.push(message)
    wake()
  })
  signal.addEventListener('abort', () => wake())
  while (!signal.aborted) {
    const message = arrived.shift()
    if (message) yield message
    else
      await new Promise<void>(resolve => {
        wake = resolve
      })
  }
  off()
}

function watch(state: ConnectionState, fail: (reason: unknown) => void, { terminal }: Context): void {
  if (state.name === 'connected') terminal.note('Connected; Ctrl-C ends.')
  if (state.name === 'needsAuth' || state.name === 'failed') fail(state.reason)
}

/** Whether a connection ended because the listening did. */
function isWished(failure: unknown, end: AbortSignal): boolean {
  return failure instanceof Interrupted || failure === end.reason
}
