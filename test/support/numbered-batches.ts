/** What `programs/write-without-end.ts` has written, read back. */
import assert from 'node:assert/strict'
import type { StorageAdapter } from '../../src/storage/contract.ts'

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
  const newest = Array.from({ length: Math.min(4, last) }, (_, index) => last - index).sort((a, b) => (a % 4) - (b % 4))
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
