/** `im-client wait`: blocks until a message is there that nobody has taken, and takes nothing. */
import type { Command } from 'commander'
import type { ConnectionState, IMClient, Message } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { NothingCame } from '../exit-code.ts'
import { incomingLine } from '../message-text.ts'
import { type ServerOptions, withServer } from '../options.ts'
import { connect, notConnected, withClient } from '../session.ts'
import { MAX_TIMER_MS, parseTimeout } from '../values.ts'
import { lookForWaiting, type Place } from '../waiting.ts'

interface WaitOptions extends ServerOptions {
  readonly conversation?: string
  readonly timeout?: number
}

const EXAMPLES = `
Examples:
  im-client wait --workspace employee && im-client pending claim --workspace employee --json
  im-client wait --workspace alice --conversation bob --timeout 10m
  while im-client wait -w alice > /dev/null; do im-client listen --once -w alice; done

Ends at once, without connecting, where something waits already; otherwise it connects and listens. It prints what
waits and takes none of it: nothing is claimed, and nothing counts as read. With a pending queue that is the work that
"pending claim" could give out; without one, unread messages. Ends with 6 when the time has passed.`

/** Adds `wait`. */
export function addWait(program: Command, context: Context): void {
  withServer(program.command('wait').description('block until a message waits to be taken; takes nothing'))
    .option('--conversation <id>', 'of this conversation only')
    .option('-t, --timeout <time>', 'how long to wait (default: for ever)', parseTimeout)
    .addHelpText('after', EXAMPLES)
    .action((options: WaitOptions) =>
      withClient(options, context, async client => {
        const { conversation: conversationId, timeout: timeoutMs } = options
        for (const message of await wait({ client, conversationId }, { ...context, timeoutMs })) {
          context.terminal.print(message, incomingLine(message, context.terminal))
        }
      }),
    )
}

type Limits = Context & { readonly timeoutMs: number | undefined }

/** Resolves with what waits as soon as something does. Between two looks it waits for an event of the client, or a time. */
async function wait(place: Place, limits: Limits): Promise<readonly Message[]> {
  const { client } = place
  const end = new AbortController()
  const stopListening: (() => void)[] = []
  try {
    for (;;) {
      const change = nextChange(client, end.signal) // from before the look: what comes during it is not missed
      try {
        const { messages, dueInMs } = await lookForWaiting(place)
        if (messages.length > 0) return messages
        if (stopListening.length === 0) stopListening.push(listen(client, limits, end))
        await change.within(dueInMs)
      } finally {
        change.stop()
      }
    }
  } finally {
    for (const stop of stopListening) stop()
  }
}

/** Connects, and says through `end` why waiting has no end, or has come to one. The returned function lets go. */
function listen(client: IMClient, { timeoutMs, ...context }: Limits, end: AbortController): () => void {
  const { terminal, signal } = context
  const fail = (reason: unknown) => end.abort(reason)
  const onAbort = () => fail(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  const onState = (state: ConnectionState) => {
    if (state.name === 'connected') terminal.note('Waiting; Ctrl-C ends.')
    if (state.name === 'needsAuth' || state.name === 'failed') fail(state.reason)
  }
  const unlisten = client.on('state', onState)
  onState(client.state) // of a view: as its owner's was before
  let isSynced = false
  const synced = () => {
    isSynced = true
  }
  connect(client, { terminal, signal: end.signal }).then(synced, fail)
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => fail(timePassed()), timeoutMs)
  /** That nothing came is known only while there is a connection. */
  function timePassed(): Error {
    if (isSynced && client.state.name === 'connected') {
      return new NothingCame(`Nothing came within ${(timeoutMs ?? 0) / 1000} s.`)
    }
    return notConnected(timeoutMs, client.state.name === 'waiting' ? client.state.reason : undefined)
  }
  return () => {
    clearTimeout(timer)
    unlisten()
    signal.removeEventListener('abort', onAbort)
    end.abort()
  }
}

interface Change {
  /** Resolves at a change since this was made, or after a time; rejects with why the waiting ends. */
  within(timeMs: number | undefined): Promise<void>
  stop(): void
}

/** The next event of a client after which more may wait than before. */
function nextChange(client: IMClient, signal: AbortSignal): Change {
  const stops: (() => void)[] = []
  const changed = new Promise<void>((resolve, reject) => {
    const onEnd = () => reject(signal.reason)
    signal.addEventListener('abort', onEnd)
    stops.push(
      client.on('message', () => resolve()),
      client.on('gap', () => resolve()),
      client.on('state', () => resolve()), // of a view: what came between two owners was told to nobody
      () => signal.removeEventListener('abort', onEnd),
    )
    if (signal.aborted) onEnd()
  })
  changed.catch(() => {}) // awaited after the look, which may find something all the same
  return {
    within: timeMs => {
      if (timeMs === undefined) return changed
      const due = new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.min(timeMs, MAX_TIMER_MS))
        stops.push(() => clearTimeout(timer))
      })
      return Promise.race([changed, due])
    },
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}
