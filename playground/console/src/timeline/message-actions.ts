/** What can be done with a message of a timeline. */
import type { Message } from 'im-client'
import { createContext, useContext } from 'react'

/** The doings of a timeline, the same object as long as it shows the same conversation. */
export interface MessageActions {
  reply(message: Message): void
  edit(message: Message): void
  remove(message: Message): void
  /** Adds one's own reaction, or takes it back. */
  react(message: Message, reaction: string): void
  /** Tries once more what the server refused. */
  retry(message: Message): void
  /** Shows a message, by its id. */
  jump(messageId: string): void
}

const ActionsContext = createContext<MessageActions | undefined>(undefined)

/** Gives the doings to the messages below. */
export const MessageActionsProvider = ActionsContext

/** The doings. */
export function useMessageActions(): MessageActions {
  const actions = useContext(ActionsContext)
  if (!actions) throw new TypeError('There is no timeline around this message.')
  return actions
}
