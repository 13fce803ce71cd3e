/** Incoming messages as an async iterator: a message counts as handled when the next one is asked for. */
import type { Message } from '../model/message.ts'
import type { MessageHandlerFunction } from './dispatcher.ts'

interface Offered {
  readonly message: Message
  readonly handled: () => void
  readonly unhandled: (reason: unknown) => void
}

/** Registers a handler; the returned function takes it back. */
type Register = (handler: MessageHandlerFunction) => () => void

/**
 * Yields incoming messages, those first that nobody has handled yet. A loop that is left, or that throws, leaves its
 * last message unhandled: it is offered again.
 */
export async function* messageStream(register: Register, signal?: AbortSignal): AsyncGenerator<Message, void, void> {
  const offered: Offered[] = []
  let wake = () => {}
  const unregister = register(
    message =>
      new Promise((handled, unhandled) => {
        offered.push({ message, handled, unhandled })
        wake()
      }),
  )
  const onAbort = () => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    while (!signal?.aborted) {
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
    signal?.removeEventListener('abort', onAbort)
    unregister()
    for (const { unhandled } of offered) unhandled(new Error('The loop over the messages was left.'))
  }
}
