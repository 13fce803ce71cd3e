/**
 * Values of the client's interface as JSON, and back: arguments, results and events on the wire between an owner and a
 * view. What programs may put under `data` goes as it goes to the server; errors keep their class and code.
 */
import { isIMErrorCode } from '../error-codes.ts'
import { IMError } from '../errors.ts'
import type { Payload } from '../model/event.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { checkJson } from '../model/payload.ts'
import { isPlain, plainPayload } from '../model/payload-encoder.ts'
import { decodeRich, encodeRich } from '../model/rich-payload.ts'

/** Numbers that JSON has no words for. */
const NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }

/** An error as it travels. */
interface PackedError {
  readonly name: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number
  readonly cause?: PackedError
}

/**
 * Makes a value JSON. @throws IMError `PAYLOAD_INVALID` for `data` that cannot be carried; `TypeError` for anything else
 * that is neither JSON nor an error
 */
export function pack(value: unknown): Json {
  if (value === null) return null
  if (value === undefined) return { $undefined: true }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : { $number: String(value) }
    case 'object':
      return packObject(value)
    default:
      throw new TypeError(`A ${typeof value} cannot be handed to the owner of the workspace.`)
  }
}

/** What {@link pack} made. Members of objects that were `undefined` are left out. */
export function unpack(json: Json): unknown {
  if (Array.isArray(json)) return json.map(unpack)
  if (typeof json !== 'object' || json === null) return json
  const { $number, $error, $undefined } = json as JsonObject
  if ($undefined === true) return undefined
  if (typeof $number === 'string') return NUMBERS[$number]
  if (isPackedError($error)) return unpackError($error)
  return Object.fromEntries(
    Object.entries(json as JsonObject).map(([name, item = null]) => [
      name,
      name === 'data' && isPayload(item) ? unpackData(item) : unpack(item),
    ]),
  )
}

function packObject(value: object): Json {
  if (Array.isArray(value)) return value.map(pack)
  if (value instanceof Error) return { $error: packError(value) }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`An instance of ${value.constructor.name} cannot be handed to the owner of the workspace.`)
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([name, item]) => [name, name === 'data' ? packData(item) : pack(item)]))
}

/** Under a name of its own, so that no other value is taken for it. */
function packData(data: unknown): Json {
  return { $data: (isPlain(data) ? plainPayload(data) : encodeRich(data)) as unknown as Json }
}

function isPayload(json: Json): json is { readonly $data: Json } {
  return typeof json === 'object' && json !== null && '$data' in json
}

function isPackedError(json: unknown): json is PackedError {
  return (
    typeof json === 'object' && json !== null && 'name' in json && typeof (json as PackedError).message === 'string'
  )
}

function unpackData({ $data }: { readonly $data: Json }): unknown {
  const { json, meta } = $data as unknown as Payload
  checkJson(json)
  return meta === undefined ? json : decodeRich(json, meta)
}

function packError(error: Error): JsonObject {
  const { message, cause } = error
  const name = error instanceof IMError ? error.code : error instanceof TypeError ? 'TypeError' : error.name
  const { details, retryAfterMs } = error as Partial<IMError>
  return {
    name,
    message,
    ...(error instanceof IMError ? { details: JSON.parse(JSON.stringify(details)) as Json, retryAfterMs } : {}),
    ...(cause instanceof Error ? { cause: packError(cause) } : {}),
  }
}

function unpackError({ name, message, details, retryAfterMs, cause }: PackedError): Error {
  const options = cause ? { cause: unpackError(cause) } : {}
  if (isIMErrorCode(name)) return new IMError(name, message, { details: details ?? {}, retryAfterMs, ...options })
  const error = new (name === 'TypeError' ? TypeError : Error)(message, options)
  return error.name === name ? error : Object.defineProperty(error, 'name', { value: name, configurable: true })
}
