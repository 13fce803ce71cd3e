/** JSON-RPC 2.0 (jsonrpc.org/specification): the three shapes of a frame, and errors with codes of this house. */
import * as v from 'valibot'
import { IMError, type IMErrorCode, isIMErrorCode } from '../errors.ts'
import type { Json } from '../model/json.ts'

const idSchema = v.union([v.number(), v.string()])
const version = v.literal('2.0')

const errorSchema = v.object({
  code: v.number(),
  message: v.string(),
  data: v.optional(
    v.looseObject({ code: v.optional(v.string()), retryAfterMs: v.optional(v.number()), details: v.optional(v.any()) }),
  ),
})

export type RpcId = v.InferOutput<typeof idSchema>
export type RpcErrorObject = v.InferOutput<typeof errorSchema>

/** A frame, sorted by its shape. */
export type RpcFrame =
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: RpcId; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: RpcId | null; readonly error: RpcErrorObject }

const callSchema = v.object({
  jsonrpc: version,
  id: v.optional(idSchema),
  method: v.string(),
  params: v.optional(v.any()),
})
const resultSchema = v.object({ jsonrpc: version, id: idSchema, result: v.any() })
const failureSchema = v.object({ jsonrpc: version, id: v.nullable(idSchema), error: errorSchema })

/** The reserved numbers of the specification, section 5.1; everything else is -32000 with the code in `data`. */
const NUMBERS: Partial<Record<IMErrorCode, number>> = {
  PROTOCOL_FRAME_INVALID: -32600,
  PROTOCOL_METHOD_UNKNOWN: -32601,
  PROTOCOL_PARAMS_INVALID: -32602,
  INTERNAL: -32603,
}

/**
 * Reads a text frame. Batches are not part of IM Protocol.
 * @throws IMError `PROTOCOL_FRAME_INVALID`
 */
export function parseFrame(text: string): RpcFrame {
  const frame = parseJson(text)
  if (typeof frame === 'object' && frame !== null) {
    if (Object.hasOwn(frame, 'method')) return parseCall(frame)
    if (Object.hasOwn(frame, 'error')) return { kind: 'error', ...parse(failureSchema, frame) }
    if (Object.hasOwn(frame, 'result')) return { kind: 'result', ...parse(resultSchema, frame) }
  }
  throw new IMError('PROTOCOL_FRAME_INVALID', 'The frame is neither a JSON-RPC 2.0 request nor a response.')
}

function parseCall(frame: unknown): RpcFrame {
  const { id, method, params } = parse(callSchema, frame)
  return id === undefined ? { kind: 'notification', method, params } : { kind: 'request', id, method, params }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new IMError('PROTOCOL_FRAME_INVALID', 'The frame is not JSON.', { cause })
  }
}

function parse<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  throw new IMError('PROTOCOL_FRAME_INVALID', 'The frame is not a JSON-RPC 2.0 message.')
}

/** The text of a request or, without an id, of a notification. */
export function callText(method: string, params: unknown, id?: RpcId): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

/** The text of a successful response. */
export function resultText(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: result ?? null })
}

/** The text of an error response. What is no `IMError` becomes `INTERNAL`, without a word of its own. */
export function errorText(id: RpcId | null, error: unknown): string {
  const known = error instanceof IMError ? error : new IMError('INTERNAL', 'The request failed.')
  const { code, message, retryable, retryAfterMs, details } = known
  const data = { code, retryable, retryAfterMs, details: details as Json }
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: NUMBERS[code] ?? -32000, message, data } })
}

/** The error that an error response tells of. An unknown code of a newer peer is kept in `details.peerCode`. */
export function toError({ message, data }: RpcErrorObject): IMError {
  const peerCode = data?.code
  const details = { ...(data?.details ?? {}), ...(isIMErrorCode(peerCode) ? {} : { peerCode }) }
  const options = data?.retryAfterMs === undefined ? { details } : { details, retryAfterMs: data.retryAfterMs }
  return new IMError(isIMErrorCode(peerCode) ? peerCode : 'INTERNAL', message, options)
}
