/** One step of a batch as every adapter takes it in: checked, and copied. */
import { IMError } from '../errors.ts'
import type { Key, WriteOperation } from './contract.ts'
import { keyText, requireKey } from './key.ts'
import { encodeValue } from './sorted-map.ts'

/** The collection that is a log: see {@link Key}. */
export const EVENTS = 'events'

/** One step of a batch with its value as JSON text; without a text it deletes. */
export interface EncodedOperation {
  readonly key: Key
  /** {@link keyText} of the key: made once, for the journal and for every map that the step passes. */
  readonly name: string
  readonly text: string | undefined
}

/**
 * Checks a step and takes copies of its key and value.
 * @throws IMError `STORAGE_KEY_INVALID`, `STORAGE_VALUE_INVALID`
 */
export function encodeOperation(operation: WriteOperation): EncodedOperation {
  const key = requireKey(operation.key).slice() as unknown as Key
  const text = operation.type === 'put' ? encodeValue(operation.value) : undefined
  if (key[0] === EVENTS) checkEvent(key, operation)
  return { key, name: keyText(key), text }
}

function checkEvent(key: Key, operation: WriteOperation): void {
  const seq = key[2]
  if (key.length !== 3 || typeof key[1] !== 'string' || typeof seq !== 'number') {
    throw new IMError('STORAGE_KEY_INVALID', 'A key of events is ["events", conversationId, seq].')
  }
  if (operation.type !== 'put') return
  const { value } = operation
  const matches = typeof value === 'object' && value !== null && 'seq' in value && value.seq === seq
  if (!matches) {
    throw new IMError('STORAGE_VALUE_INVALID', "An event's value is an object that carries the seq of its key.")
  }
}
