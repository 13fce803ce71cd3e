/** One offer of a message to all handlers, and how it ends. */
import { IMError } from '../errors.ts'
import type { Clock } from '../model/clock.ts'
import type { Outcome } from '../model/conversation.ts'
import type { StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { type HandlerContext, HandlerRun } from './handler-context.ts'
import type { Handling } from './handling.ts'
import type { History } from './history.ts'
import type { Draft, Outbox } from './outbox.ts'
import type { Positions } from './positions.ts'

/** Handles one message. While it runs, no other of the same conversation is offered; a rejection offers it again. */
export type MessageHandlerFunction = (message: Message, context: HandlerContext) => void | Promise<void>

/** How offering a message has ended, with what was answered then, and whom to tell when that is stored. */
export interface Offered {
  readonly kind: 'handled' | 'set-aside' | 'expired' | 'stopped'
  readonly answers?: readonly Draft[]
  readonly finished?: () => void
}

/** What its sender is told beside the position; of what was handled, that says everything. */
export const OUTCOMES: Partial<Record<Offered['kind'], Outcome>> = { 'set-aside': 'failed', expired: 'expired' }

/** What one offer needs. */
export interface OfferOptions {
  readonly attempts: number
  readonly handlers: readonly MessageHandlerFunction[]
  /** Whether a handler is one still. */
  readonly isRegistered: (handler: MessageHandlerFunction) => boolean
  readonly signal: AbortSignal
  readonly history: History
  readonly handling: Handling
  readonly positions: Positions
  readonly outbox: Pick<Outbox, 'enqueue'>
  readonly clock: Clock
}

/** Runs every handler on a message. What one throws is given, not thrown: the message is to be offered again. */
export async function offer(message: StoredMessage, options: OfferOptions): Promise<Offered | IMError> {
  let finished = () => {}
  try {
    const view = await options.history.view(message)
    finished = options.handling.begin(view)
    options.positions.take(message)
    return { kind: 'handled', answers: await run(view, options), finished }
  } catch (cause) {
    finished()
    const details = { conversationId: message.conversationId, seq: message.seq, messageId: message.id }
    return new IMError('HANDLER_FAILED', 'A message handler failed; the message is offered again.', { cause, details })
  }
}

/**
 * Gives what the handlers answered. One that was taken back meanwhile is not waited for a second time, unless nobody else
 * has handled the message.
 */
async function run(message: Message, { handlers, isRegistered, ...options }: OfferOptions): Promise<Draft[]> {
  const runs = handlers.map(async (handle, handler) => {
    const context = new HandlerRun({ message, handler, ...options })
    await handle(message, context)
    return context.answers()
  })
  const ends = await Promise.allSettled(runs)
  const answers = ends.flatMap(end => (end.status === 'fulfilled' ? [end.value] : []))
  for (const [index, end] of ends.entries()) {
    const counts = answers.length === 0 || handlers.some((handler, at) => at === index && isRegistered(handler))
    if (end.status === 'rejected' && counts) throw end.reason
  }
  return answers.flat()
}
