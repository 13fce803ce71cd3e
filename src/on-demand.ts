/** What a client loads when it is first asked for: everything beyond connecting, sending, receiving and reading. */
export { deleteMessage, editMessage, reactTo } from './messaging/amendments.ts'
export { createGroup, updateGroup } from './messaging/groups.ts'
export { markRead } from './messaging/mark-read.ts'
export { messageStream } from './messaging/message-stream.ts'
export { searchMessages } from './messaging/search.ts'
export { collectStats } from './messaging/stats.ts'
export { ContactBook } from './storage/contact-book.ts'
