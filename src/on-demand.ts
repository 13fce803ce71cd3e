/** What a client loads when it is first asked for: everything beyond connecting, sending, receiving and reading. */
export { createGroup, updateGroup } from './messaging/groups.ts'
export { searchMessages } from './messaging/search.ts'
export { collectStats } from './messaging/stats.ts'
export { ContactBook } from './storage/contact-book.ts'
