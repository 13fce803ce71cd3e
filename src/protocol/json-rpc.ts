/** JSON-RPC 2.0 (jsonrpc.org/specification): the three shapes of a message, and errors with codes of this house. */
import { IMError } from '../errors.ts'

/** What tells an answer's request; the specification allows `null` as well, which names no request. */
export type RpcId = number | string

/** A message, sorted by its shape. */
export type RpcMessage =
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RpcId | null; readonly error: unknown }

/** Most messages that one frame may hold. */
const MAX_MESSAGES = 1024

/**
 * The messages of a text frame: one, or an array of several, which are taken as if each had come in a frame of its own.
 * @throws IMError `PROTOCOL_FRAME_INVALID`
 */
export function messagesOf(text: string): readonly unknown[] {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch (cause) {
    throw invalid('JSON', cause)
  }
  if (!Array.isArray(frame)) return [frame]
  if (frame.length === 0 || frame.length > MAX_MESSAGES) throw invalid('length')
  return frame
}

/**
 * Sorts a message by its shape.
 * @throws IMError `PROTOCOL_FRAME_INVALID`
 */
export function parseMessage(message: unknown): RpcMessage {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) throw invalid('shape')
  const { jsonrpc, id, method, params, result, error } = message as { readonly [name: string]: unknown }
  if (jsonrpc !== '2.0') throw invalid('jsonrpc')
  if (method !== undefined) {
    if (typeof method !== 'string') throw invalid('method')
    return id === undefined
      ? { kind: 'notification', method, params }
      : { kind: 'request', id: requireId(id), method, params }
  }
  if (error !== undefined) return { kind: 'error', id: id === null ? null : requireId(id), error }
  if (result === undefined) throw invalid('result')
  return { kind: 'result', id: requireId(id), result }
}

function requireId(id: unknown): RpcId {
  if (typeof id === 'string' || typeof id === 'number') return id
  throw invalid('id')
}

function invalid(part: string, cause?: unknown): IMError {
  return new IMError('PROTOCOL_FRAME_INVALID', `The frame is no JSON-RPC 2.0: its ${part} is wrong.`, { cause })
}

/** The text of a request or, without an id, of a notification. */
export function callText(method: string, params: unknown, id?: RpcId): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}
