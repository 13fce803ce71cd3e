/**
 * The texts on a wire between an owner and a view, for what stands between its ends and looks at every one of them: JSON-RPC 2.0, one message
 * each. Only adapters need this: a client that is an end itself has its `Peer`.
 */
import { IMError } from '../errors.ts'

/** What tells a request's answer. */
export type FrameId = number | string

/** A message, sorted by its shape; `undefined` as id where it is told and wants no answer. */
export type Frame =
  | { readonly kind: 'call'; readonly id: FrameId | undefined; readonly method: string; readonly params: unknown }
  /** `result` is `undefined` where it is an error of the wire itself. */
  | { readonly kind: 'answer'; readonly id: FrameId; readonly result: unknown }

/** The longest id that is a text. */
const MAX_ID = 64

/** Sorts a text; gives `undefined` for what is none of these messages. */
export function readFrame(text: string): Frame | undefined {
  const { jsonrpc, id, method, params, result, error } = parsed(text) as Readonly<Record<string, unknown>>
  if (jsonrpc !== '2.0' || !(id === undefined || isFrameId(id))) return undefined
  if (typeof method === 'string') return { kind: 'call', id, method, params }
  return id === undefined || (result ?? error) === undefined ? undefined : { kind: 'answer', id, result }
}

/** The text of a request or, without an id, of a notification. */
export function callFrame(id: FrameId | undefined, { method, params }: { method: string; params: unknown }): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** The text of an answer. */
export function resultFrame(id: FrameId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** The text of an answer that is an error. What is no `IMError` says nothing of itself. */
export function errorFrame(id: FrameId | null, error: unknown): string {
  const known = error instanceof IMError ? error : new IMError('INTERNAL', 'The request failed.')
  const { code, message, retryable, retryAfterMs, details } = known
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    error: { code: -32000, message, data: { code, retryable, retryAfterMs, details } },
  })
}

function isFrameId(id: unknown): id is FrameId {
  return typeof id === 'string' ? id.length <= MAX_ID : Number.isSafeInteger(id)
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {} // no JSON, and so no message
  }
}
