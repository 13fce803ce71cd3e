/** Every method of a session, by name. */
import type { RequestMethod } from '../../protocol/schemas.ts'
import { fetchHistory, listConversations, updateReceipt } from './conversations.ts'
import { createGroup, updateGroup } from './groups.ts'
import { deleteMessage, editMessage, reactToMessage, sendMessage } from './messages.ts'
import type { Method } from './method.ts'
import { watchPresence } from './presence.ts'
import { updateQueue } from './queue.ts'

/** The methods that need a session: all but `session.open`, which makes it. */
export const METHODS: Readonly<Record<Exclude<RequestMethod, 'session.open'>, Method>> = {
  'message.send': sendMessage,
  'message.edit': editMessage,
  'message.delete': deleteMessage,
  'message.react': reactToMessage,
  'history.fetch': fetchHistory,
  'conversation.list': listConversations,
  'group.create': createGroup,
  'group.update': updateGroup,
  'receipt.update': updateReceipt,
  'queue.update': updateQueue,
  'presence.watch': watchPresence,
}
