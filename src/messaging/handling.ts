/** Which messages handlers are busy with: what is said to their conversations meanwhile, a program says by itself. */
import type { Message, MessageOrigin } from '../model/message.ts'

/** The messages that are being handled. */
export class Handling {
  readonly #messages = new Set<Message>()

  /** A handler begins with a message. Call what it gives when the handler has ended and what it said is stored. */
  begin(message: Message): () => void {
    this.#messages.add(message)
    return () => this.#messages.delete(message)
  }

  /** The message of this id, if it is being handled. */
  find(messageId: string | undefined): Message | undefined {
    return [...this.#messages].find(({ id }) => id === messageId)
  }

  /** Where a message comes from that is sent to a conversation now; `undefined` where no handler is busy with it. */
  originIn(conversationId: string): MessageOrigin | undefined {
    const cause = [...this.#messages].find(message => message.conversationId === conversationId)
    return cause && originOf(cause)
  }
}

/** Where what is said by a handler comes from. A sender may claim any number of steps: one more must still be a number. */
export function originOf({ id, hop = 0 }: Message): MessageOrigin {
  return { auto: true, hop: Math.min(hop + 1, Number.MAX_SAFE_INTEGER), causationId: id }
}
