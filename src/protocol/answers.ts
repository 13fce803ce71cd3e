/** JSON-RPC 2.0: the texts of answers. A server gives many; a client loads this if it is ever asked anything. */
import { IMError, type IMErrorCode } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { RpcId } from './json-rpc.ts'

/** The reserved numbers of the specification, section 5.1; everything else is -32000 with the code in `data`. */
const NUMBERS: Partial<Record<IMErrorCode, number>> = {
  PROTOCOL_FRAME_INVALID: -32600,
  PROTOCOL_METHOD_UNKNOWN: -32601,
  PROTOCOL_PARAMS_INVALID: -32602,
  INTERNAL: -32603,
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

/** The text that answers a request, by what its handler gives or throws. */
export async function answerText(id: RpcId, method: string, answer: (() => unknown) | undefined): Promise<string> {
  try {
    if (!answer) throw new IMError('PROTOCOL_METHOD_UNKNOWN', `There is no method ${method} here.`)
    return resultText(id, await answer())
  } catch (error) {
    return errorText(id, error)
  }
}
