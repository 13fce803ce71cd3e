/** Batches by number: written without end by a program that is killed, and read back. */
import assert from 'node:assert/strict'
import type { StorageAdapter, WriteOperation } from '../../src/storage/contract.ts'

const CONVERSATIONS = 4

/**
 * Batch n: event n of its conversation, the same as a document's entry, and a padding that makes torn records likely.
 */
export function numberedBatch(number: number): WriteOperation[] {
  const conversation = `conversation ${number % CONVERSATIONS}`
  const value = { seq: number, text: 'x'.repeat((number * 7919) % 3000) }
  return [
    { type: 'put', key: ['events', conversation, number], value },
    { type: 'put', key: ['conversations', conversation], value: { lastSeq: number } },
    { type: 'delete', key: ['pending', conversation, number - CONVERSATIONS] },
    { type: 'put', key: ['pending', conversation, number], value: {} },
  ]
}

/** Writes batches without end, sixteen at once, and prints the number of each when it is acknowledged. */
export async function writeWithoutEnd(storage: StorageAdapter, first: number): Promise<never> {
  const write = async (number: number) => {
    await storage.write(numberedBatch(number))
    console.log(number)
  }
  for (let number = first; ; number += 16) {
    await Promise.all(Array.from({ length: 16 }, (_, index) => write(number + index)))
  }
}

/**
 * Gives the number of the last batch that is there.
 * @throws AssertionError unless what the storage holds is a prefix of what was written, the same in logs and documents, and
 * goes as far as was acknowledged
 */
export async function checkBatches(storage: StorageAdapter, acknowledged: number): Promise<number> {
  const seqs = (await storage.list(['events'])).map(({ value }) => (value as { seq: number }).seq)
  const last = Math.max(0, ...seqs)
  assert.ok(last >= acknowledged, `${acknowledged} was acknowledged, ${last} is the last that is there`)
  assert.deepEqual(
    [...seqs].sort((a, b) => a - b),
    Array.from({ length: last }, (_, index) => index + 1),
  )
  const newest = Array.from({ length: Math.min(CONVERSATIONS, last) }, (_, index) => last - index).sort(
    (a, b) => (a % CONVERSATIONS) - (b % CONVERSATIONS),
  )
  const conversations = await storage.list(['conversations'])
  assert.deepEqual(
    conversations.map(({ value }) => value),
    newest.map(lastSeq => ({ lastSeq })),
  )
  const pending = await storage.list(['pending'])
  assert.deepEqual(
    pending.map(({ key }) => key[2]),
    newest,
  )
  return last
}
