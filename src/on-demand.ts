/**
 * What a client loads when it is first asked for: everything beyond connecting, sending, receiving and reading. Methods
 * of the client, each by its name, on the parts of the open client.
 */
import type { HistoryQuery, NewContact } from './api.ts'
import type { Assembly } from './assembly.ts'
import { IMError } from './errors.ts'
import * as amendments from './messaging/amendments.ts'
import type { AskOptions, Question } from './messaging/asks.ts'
import { NOTHING } from './messaging/change.ts'
import { isSendable } from './messaging/composer.ts'
import * as dead from './messaging/dead-letters.ts'
import * as groups from './messaging/groups.ts'
import { markRead as markConversation } from './messaging/mark-read.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import { type PendingQuery, viewEntries, viewItems } from './messaging/pending-list.ts'
import type { ClaimOptions } from './messaging/pending-queue.ts'
import type { WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import { refuse } from './messaging/refusal.ts'
import { type SearchQuery, searchMessages as search } from './messaging/search.ts'
import { collectStats } from './messaging/stats.ts'
import type { WaitOptions } from './messaging/status-watch.ts'
import type { Work } from './messaging/work.ts'
import type { MessageStatus } from './model/message.ts'
import { ContactBook, type ContactDetails } from './storage/contact-book.ts'

export { deleteMessage, editMessage } from './messaging/amendments.ts'
export { listConversations } from './messaging/conversations.ts'

/** Waits until a message has come as far as this. */
export function waitForStatus(
  { messaging }: Assembly,
  messageId: string,
  status: MessageStatus,
  options: WaitOptions = {},
) {
  return messaging.work(work => work.wait(messageId, status, options))
}

/** Adds a handler. */
export function handle({ messaging }: Assembly, handler: MessageHandlerFunction) {
  return messaging.work(work => work.handle(handler))
}

/** Starts a worker. */
export function work({ messaging }: Assembly, handler: WorkHandler, options: WorkerOptions) {
  return messaging.work(work => work.process(handler, options))
}

/** Reacts to a message. */
export function react(assembly: Assembly, messageId: string, reaction: string, options: { removed?: boolean } = {}) {
  return amendments.react(assembly, messageId, { reaction, ...options })
}

/** Work that is still to do. */
export function getPendingMessages({ messaging }: Assembly, query: PendingQuery = {}) {
  return messaging.work(async work => viewItems(await work.list(query), work.history))
}

/** Work that is still to do, with what is known of it. */
export function listPending({ messaging }: Assembly, query: PendingQuery = {}) {
  return messaging.work(async work => viewEntries(await work.list(query), work.history))
}

/** Takes work. */
export function claimMessages({ messaging }: Assembly, options: ClaimOptions = {}) {
  return messaging.work(work => work.claim(options))
}

/** Takes work up again. */
export function resumeClaim({ messaging }: Assembly, token: string) {
  return messaging.work(work => work.resumeClaim(token))
}

/** How far a message has come at each of its recipients. */
export function getRecipients({ messaging }: Assembly, messageId: string) {
  return messaging.work(work => work.recipients(messageId))
}

/** Asks. */
export function ask(assembly: Assembly, question: Question) {
  const { messaging, composer } = assembly
  if (!isSendable(question)) refuse(question)
  if (question.to === messaging.agentId) throw new IMError('ID_INVALID', 'An account cannot ask itself.')
  const origin = question.auto === undefined ? messaging.originIn(question.to) : undefined
  return messaging.work(({ asks }) => asks.ask(composer.head(question.to, question.id), { ...question, ...origin }))
}

/** Waits for an answer. */
export function resumeAsk({ messaging }: Assembly, id: string, options: AskOptions = {}) {
  return messaging.work(({ asks }) => asks.resume(id, options))
}

/** Questions that are not closed. */
export function listAsks({ messaging }: Assembly) {
  return messaging.work(({ asks }) => asks.list())
}

/** What was given up. */
export function listDeadLetters(assembly: Assembly, query: dead.DeadLetterQuery = {}) {
  return withDeadLetters(assembly, places => dead.listDeadLetters(places, query))
}

/** Tries again what was given up. */
export function redriveDeadLetters(assembly: Assembly, query: dead.DeadLetterQuery = {}) {
  return withDeadLetters(assembly, async (places, work) => {
    const { count, conversations } = await work.changeDeadLetters(() => dead.redriveDeadLetters(places, query))
    for (const conversationId of conversations) work.arrived(conversationId)
    return count
  })
}

/** Throws away what was given up. */
export function purgeDeadLetters(assembly: Assembly, query: dead.DeadLetterQuery = {}) {
  return withDeadLetters(assembly, (places, work) => work.changeDeadLetters(() => dead.purgeDeadLetters(places, query)))
}

function withDeadLetters<R>(
  { messaging, workspace }: Assembly,
  task: (places: dead.DeadLetterPlaces, work: Work) => Promise<R>,
) {
  return messaging.work(work => task({ ...messaging, workspace, history: work.history, guard: work.guard }, work))
}

/** A page of a conversation. */
export function getConversationHistory(
  { messaging }: Assembly,
  { contactId, conversationId = contactId, ...page }: HistoryQuery,
) {
  return messaging.work(({ history }) => history.page(conversationId, page))
}

/** Searches the stored messages. What this promises, and all that follow, is said in `IMClientApi`. */
export function searchMessages({ messaging, workspace }: Assembly, query: SearchQuery) {
  return messaging.work(({ history }) => search(query, { ...messaging, workspace, history }))
}

/** Marks a conversation as read. */
export function markRead({ messaging, workspace }: Assembly, conversationId: string, seq?: number) {
  return messaging.work(({ positions }) =>
    markConversation({ ...messaging, workspace, positions }, conversationId, seq),
  )
}

/** Makes a group. */
export function createGroup({ messaging, newId }: Assembly, group: groups.NewGroup) {
  return groups.createGroup(messaging, { id: newId(), ...group })
}

/** Changes a group. */
export function updateGroup({ messaging, newId }: Assembly, conversationId: string, change: groups.GroupChange) {
  return groups.updateGroup(messaging, conversationId, { ...change, id: newId() })
}

/** Adds a contact. */
export function addContact(assembly: Assembly, contact: NewContact) {
  return contacts(assembly).add(contact)
}

/** Changes a contact. */
export function updateContact(assembly: Assembly, contactId: string, details: ContactDetails) {
  return contacts(assembly).update(contactId, details)
}

/** Removes a contact. */
export function removeContact(assembly: Assembly, contactId: string) {
  return contacts(assembly).remove(contactId)
}

/** The contact of an id. */
export function getContact(assembly: Assembly, contactId: string) {
  return contacts(assembly).get(contactId)
}

/** Every contact. */
export function listContacts(assembly: Assembly) {
  return contacts(assembly).list()
}

/** Who is online. */
export function watchPresence({ messaging }: Assembly, agentIds: readonly string[]) {
  return messaging.work(work => work.presence.watch(agentIds, messaging.sessions.current))
}

/** The state in numbers. */
export function stats(assembly: Assembly) {
  return collectStats(assembly, assembly.state())
}

function contacts({ workspace, clock, emitter }: Assembly): ContactBook {
  return new ContactBook(workspace, clock, () => emitter.emit('change', { ...NOTHING, contacts: true }))
}
