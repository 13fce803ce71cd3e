/** Hooks for React 18 and 19, with a client that owns its workspace or one that is a view of another. */
export { useConnection } from './connection.ts'
export { type Contacts, useContacts } from './contacts.ts'
export { type ConversationView, useConversation } from './conversation.ts'
export { type ConversationSummary, type Conversations, useConversations } from './conversations.ts'
export { type PendingQueue, usePendingQueue } from './pending-queue.ts'
export { usePresence } from './presence.ts'
export { IMClientProvider, useClient } from './provider.ts'
