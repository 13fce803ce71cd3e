/** Incoming messages as an async iterator: a message counts as handled when the next one is asked for. */
import type { ConnectionState } from '../connection/state.ts'
import type { Message } from '../model/message.ts'
import type { MessageHandlerFunction } from './offer.ts'

interface Offered {
  readonly message: Message
  readonly handled: () => void
  readonly unhandled: (reason: unknown) => void
}

/** Where the messages come from: a client. */
interface Source {
  readonly state: ConnectionState
  onMessage(handler: MessageHandlerFunction): () => void
  on(name: 'state', listener: () => void): () => void
}

/**
 * Yields incoming messages, those first that nobody has handled yet, until the client is closed. A loop that is left, or
 * that throws, leaves its last message unhandled: it is offered again.
 */
export async function* messageStream(source: Source, signal?: AbortSignal): AsyncGenerator<Message, void, void> {
  const isClosed = () => source.state.name === 'closed'
  if (isClosed()) return
  const offered: Offered[] = []
  let wake = () => {}
  const unregister = source.onMessage(
    message =>
      new Promise((handled, unhandled) => {
        offered.push({ message, handled, unhandled })
        wake()
      }),
  )
  const onEnd = () => wake()
  const unlisten = source.on('state', onEnd)
  signal?.addEventListener('abort', onEnd)
  try {
    while (!signal?.aborted && !isClosed()) {
      const next = offered[0]
      if (next) {
        yield next.message
        next.handled()
        offered.shift()
      } else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    signal?.removeEventListener('abort', onEnd)
    unlisten()
    unregister()
    for (const { unhandled } of offered) unhandled(new Error('The loop over the messages was left.'))
  }
}
