/**
 * What a supervisor may ask of the owner of a workspace. Nothing that a page sends crosses as it came: a call that is on the
 * list is made anew from the parts that it may have, and everything else is refused here.
 */
import { type Crossing, IMError, type Json, type JsonObject } from '../../src/index.ts'

/** What is told of the workspace: how its connection, its queue and its dead letters stand, never what others say to it. */
const EVENTS: readonly unknown[] = ['state', 'change', 'queue', 'guard', 'synced', 'repair', 'error']

/** What an argument may be: nothing, an id, or a query of these members. */
type Argument = 'id' | readonly string[]

const DEAD_LETTERS: Argument = ['kind', 'conversationId', 'messageIds']
const PENDING: Argument = ['conversationId', 'state', 'importance', 'claimable']

/** The methods of the client that cross, and their argument. */
const METHODS: Readonly<Record<string, Argument | undefined>> = {
  open: undefined,
  stats: undefined,
  getPendingMessages: PENDING,
  listPending: PENDING,
  listDeadLetters: DEAD_LETTERS,
  redriveDeadLetters: DEAD_LETTERS,
  purgeDeadLetters: DEAD_LETTERS,
  getContact: 'id',
  listContacts: undefined,
}

/** The longest text in an argument, and the longest list. */
const MAX_TEXT = 300
const MAX_LIST = 1000

/** A call of a page, as it crosses. @throws IMError `FORBIDDEN`, `PROTOCOL_PARAMS_INVALID` */
export function crossing(method: string, params: unknown): Crossing {
  const given = members(params)
  switch (method) {
    case 'pulse':
      return { method, params: {} }
    case 'attach':
      return { method, params: { version: number(given['version']), agentId: null } }
    case 'abort':
      return { method, params: { id: number(given['id']) } }
    case 'subscribe':
      if (!EVENTS.includes(given['name'])) throw forbidden('This event')
      return { method, params: { name: given['name'] as string } }
    case 'call':
      return { method, params: methodCall(given) }
    default:
      throw forbidden('This call')
  }
}

function methodCall({ id, name, args }: JsonObject): JsonObject {
  if (typeof name !== 'string' || !Object.hasOwn(METHODS, name)) throw forbidden('This method')
  if (!Array.isArray(args)) throw invalid()
  return { id: number(id), name, args: argumentsOf(METHODS[name], args.filter(isThere)) }
}

function argumentsOf(allowed: Argument | undefined, args: readonly Json[]): Json[] {
  const [first, ...others] = args
  if (others.length > 0 || (first !== undefined && allowed === undefined)) throw invalid()
  if (allowed === 'id') return [text(first)]
  return first === undefined || allowed === undefined ? [] : [query(first, allowed)]
}

/** A member that is not known is refused: without it the call would be about more than was asked for. */
function query(given: Json, allowed: readonly string[]): JsonObject {
  const entries = Object.entries(members(given)).filter(([, value]) => isThere(value ?? null))
  if (entries.some(([name]) => !allowed.includes(name))) throw invalid()
  return Object.fromEntries(entries.map(([name, value]) => [name, plain(value)]))
}

function plain(value: unknown): Json {
  if (typeof value === 'boolean') return value
  if (!Array.isArray(value)) return text(value)
  if (value.length > MAX_LIST) throw invalid()
  return value.map(text)
}

/** Whether an argument is given: the wire has a word for `undefined`. */
function isThere(value: Json): boolean {
  return !(typeof value === 'object' && value !== null && '$undefined' in value)
}

function members(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid()
  return value as JsonObject
}

function number(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw invalid()
}

function text(value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value
  throw invalid()
}

function forbidden(what: string): IMError {
  return new IMError('FORBIDDEN', `${what} is not for those who look after a workspace.`)
}

function invalid(): IMError {
  return new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters are not those of the call.')
}
