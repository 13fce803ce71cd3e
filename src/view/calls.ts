/** The calls between an owner and a view: their names, their parameters, and what of an argument cannot travel. */
import type { MethodName } from '../backend.ts'
import type { ClaimedMessage } from '../messaging/claim.ts'
import type { IMClientEvents } from '../messaging/events.ts'
import type { HandlerContext } from '../messaging/handler-context.ts'
import type { Message } from '../model/message.ts'

/** Raised when a word of these calls changes its meaning: an owner and a view may be of two versions. */
export const VIEW_VERSION = 1

/** Every method that a view may ask for. */
const METHODS = {
  open: true,
  connect: true,
  sendMessage: true,
  waitForStatus: true,
  editMessage: true,
  deleteMessage: true,
  react: true,
  getPendingMessages: true,
  listPending: true,
  claimMessages: true,
  resumeClaim: true,
  getRecipients: true,
  ask: true,
  resumeAsk: true,
  listAsks: true,
  listDeadLetters: true,
  redriveDeadLetters: true,
  purgeDeadLetters: true,
  getConversationHistory: true,
  searchMessages: true,
  listConversations: true,
  markRead: true,
  createGroup: true,
  updateGroup: true,
  addContact: true,
  updateContact: true,
  removeContact: true,
  getContact: true,
  listContacts: true,
  watchPresence: true,
  stats: true,
} satisfies Record<MethodName, true>

/** Whether a view may ask for a method of this name. */
export function isMethod(name: unknown): name is MethodName {
  return typeof name === 'string' && Object.hasOwn(METHODS, name)
}

/** Of a claim, what travels. */
export type ClaimFacts = Pick<ClaimedMessage, 'message' | 'attempts' | 'token'>

/** What a view asks of the owner. Each id is chosen by the view. */
export interface OwnerCalls {
  /** Comes first. Gives where the owner's connection stands. */
  attach(params: { readonly version: number; readonly agentId: string | null }): unknown
  /** Calls a method of the client. */
  call(params: { readonly id: number; readonly name: MethodName; readonly args: readonly unknown[] }): unknown
  /** Aborts the signal that a call was given. */
  abort(params: { readonly id: number }): void
  subscribe(params: { readonly name: keyof IMClientEvents }): void
  /** Adds a message handler, or starts a worker. */
  handle(params: { readonly id: number }): unknown
  work(params: { readonly id: number; readonly options: object }): unknown
  /** Takes back what was added; of a worker, resolves when what is being worked on is finished. */
  remove(params: { readonly id: number }): unknown
  /** A handler says something. */
  say(params: { readonly run: number; readonly method: Saying; readonly what: unknown }): unknown
  claim(params: { readonly token: string; readonly method: ClaimMethod; readonly args: readonly unknown[] }): unknown
}

/** What an owner asks of a view. */
export interface ViewCalls {
  /** Runs a handler; resolves when it has. */
  run(params: {
    readonly id: number
    readonly run: number
    readonly message: Message
    readonly attempts: number
  }): Promise<void>
  /** Aborts the signal of a handler that runs. */
  stopRun(params: { readonly run: number; readonly reason: unknown }): void
  /** A claim is lost. */
  lost(params: { readonly token: string; readonly reason: unknown }): void
  /** News of a question's answer. */
  progress(params: { readonly id: number; readonly news: Message }): void
  event(params: { readonly name: keyof IMClientEvents; readonly payload: never }): void
}

/** What a handler can say. */
export const SAYINGS = ['reply', 'decline', 'send', 'progress'] as const satisfies readonly (keyof HandlerContext)[]

/** One of {@link SAYINGS}. */
export type Saying = (typeof SAYINGS)[number]

/** What can be done with a claim. */
export const CLAIM_METHODS = [
  'complete',
  'release',
  'fail',
  'extend',
] as const satisfies readonly (keyof ClaimedMessage)[]

/** One of {@link CLAIM_METHODS}. */
export type ClaimMethod = (typeof CLAIM_METHODS)[number]

/** Of options, what has to stay where it was given. */
export interface Kept {
  readonly signal?: AbortSignal
  readonly onProgress?: (news: Message) => void
}

/** The methods whose options may hold such, and where among the arguments these stand. */
const OPTIONS_AT: Partial<Record<MethodName, number>> = { connect: 0, waitForStatus: 2, ask: 0, resumeAsk: 1 }

/** Takes signals and functions out of the arguments of a method. */
export function withoutKept(
  name: MethodName,
  args: readonly unknown[],
): { readonly args: readonly unknown[]; readonly kept: Kept } {
  const at = OPTIONS_AT[name]
  const options = at === undefined ? undefined : args[at]
  if (at === undefined || typeof options !== 'object' || options === null) return { args, kept: {} }
  const { signal, onProgress, ...others } = options as Kept
  return { args: args.with(at, others), kept: { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) } }
}

/** Gives a method what stands, at the owner, for those that stayed with the view. */
export function withKept(name: MethodName, args: readonly unknown[], kept: Kept): readonly unknown[] {
  const at = OPTIONS_AT[name]
  if (at === undefined) return args
  const all = [...args, ...Array.from({ length: Math.max(0, at + 1 - args.length) })]
  const options: unknown = all[at] ?? {}
  return typeof options === 'object' ? all.with(at, { ...options, ...kept }) : args
}
