/** What a window may call at the owner, each with the shapes of its arguments. What is not in here does not cross. */
import type { ClaimedMessage, HandlerContext, IMClientApi, IMClientEvents } from '../../src/index.ts'
import {
  flag,
  maybe,
  members,
  messageChange,
  number,
  outgoing,
  query,
  question,
  reason,
  reply,
  type Shape,
  text,
  texts,
} from './packed.ts'

/** What a client does by itself: the owner is asked for the rest. */
type Own = 'state' | 'on' | 'close' | 'onMessage' | 'messages' | 'processPending'

const waiting = maybe(members({}, { timeoutMs: number }))
const pending = maybe(query({ conversationId: text, state: text, importance: text, claimable: flag }))
const deadLetters = maybe(query({ kind: text, conversationId: text, messageIds: texts }))
const details = { name: text, description: text }
const page = { limit: number, before: number, after: number }

/** The methods of a client. */
export const METHODS: Readonly<Record<string, readonly Shape[]>> = {
  open: [],
  connect: [maybe(query({}))],
  sendMessage: [outgoing],
  waitForStatus: [text, text, waiting],
  editMessage: [text, messageChange],
  deleteMessage: [text],
  react: [text, text, maybe(members({}, { removed: flag }))],
  getPendingMessages: [pending],
  listPending: [pending],
  claimMessages: [
    maybe(query({ leaseMs: number, attemptMs: number, renew: flag, limit: number, conversationId: text, order: text })),
  ],
  resumeClaim: [text],
  getRecipients: [text],
  ask: [question],
  resumeAsk: [text, waiting],
  listAsks: [],
  listDeadLetters: [deadLetters],
  redriveDeadLetters: [deadLetters],
  purgeDeadLetters: [deadLetters],
  getConversationHistory: [query({ contactId: text, conversationId: text, ...page })],
  searchMessages: [query({ text, conversationId: text, limit: number })],
  listConversations: [maybe(query({ conversationIds: texts }))],
  markRead: [text, maybe(number)],
  createGroup: [members({ members: texts }, { title: text, id: text })],
  updateGroup: [text, query({ title: text, add: texts, remove: texts })],
  addContact: [members({ contactId: text }, details)],
  updateContact: [text, members({}, details)],
  removeContact: [text],
  getContact: [text],
  listContacts: [],
  watchPresence: [texts],
  stats: [],
} satisfies Record<Exclude<keyof IMClientApi, Own>, readonly Shape[]>

/** What a handler says. */
export const SAYINGS: Readonly<Record<string, Shape>> = {
  reply,
  decline: reply,
  send: outgoing,
  progress: reply,
} satisfies Record<Exclude<keyof HandlerContext, 'attempts' | 'signal'>, Shape>

/** What is done with a claim. */
export const CLAIM_METHODS: Readonly<Record<string, readonly Shape[]>> = {
  complete: [maybe(reply)],
  release: [maybe(members({}, { delayMs: number, error: reason }))],
  fail: [reason],
  extend: [maybe(number)],
} satisfies Record<Exclude<keyof ClaimedMessage, 'message' | 'attempts' | 'token' | 'signal'>, readonly Shape[]>

/** How a worker works. */
export const workerOptions = members(
  {},
  { concurrency: number, leaseMs: number, attemptMs: number, maxAttempts: number },
)

/** The events of a client. */
export const EVENTS: Readonly<Record<string, true>> = {
  state: true,
  message: true,
  status: true,
  receipt: true,
  change: true,
  gap: true,
  presence: true,
  queue: true,
  guard: true,
  synced: true,
  repair: true,
  error: true,
} satisfies Record<keyof IMClientEvents, true>
