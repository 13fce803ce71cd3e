/**
 * `data`: any value, on the wire and at rest. Plain JSON goes as it is; rich values (dates, maps, bigints) go with
 * superjson's annotations. What comes in is hostile: nothing is decoded that was not checked.
 */
import { IMError } from '../errors.ts'
import type { Payload } from './event.ts'

/** The deepest nesting of `data`, either way. */
export const MAX_PAYLOAD_DEPTH = 100

/**
 * Decodes what `encodePayload` made, here or at a peer.
 * @throws IMError `PAYLOAD_INVALID`; nothing was built then
 */
export async function decodePayload({ json, meta }: Payload): Promise<unknown> {
  checkJson(json)
  if (meta === undefined) return json
  const { decodeRich } = await import('./rich-payload.ts')
  try {
    return decodeRich(json, meta)
  } catch (cause) {
    throw cause instanceof IMError ? cause : invalidPayload('its annotations do not fit it', cause)
  }
}

/** The error of data that is refused. */
export function invalidPayload(problem: string, cause?: unknown): IMError {
  return new IMError('PAYLOAD_INVALID', `The data of the message is refused: ${problem}.`, { cause })
}

/** Walks JSON that came in. @throws IMError `PAYLOAD_INVALID` */
export function checkJson(json: unknown, depth = 0): void {
  if (depth > MAX_PAYLOAD_DEPTH) throw invalidPayload(`it is nested more than ${MAX_PAYLOAD_DEPTH} deep`)
  if (typeof json !== 'object' || json === null) return
  for (const [key, item] of Object.entries(json)) {
    if (key === '__proto__') throw invalidPayload('it has a key "__proto__"')
    checkJson(item, depth + 1)
  }
}
