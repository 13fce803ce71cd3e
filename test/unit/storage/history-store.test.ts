import { expect, test } from 'vitest'
import { HistoryStore } from '../../../src/storage/history-store.ts'
import { memoryStorage } from '../../../src/storage/memory-storage.ts'

test('HistoryStore: a page is filled up from behind what is damaged, in both directions', async () => {
  const storage = memoryStorage()
  await storage.open()
  const event = (seq: number) => {
    const stamp = { id: `m${seq}`, conversationId: 'a', seq, from: 'a', acceptedAt: '2026-01-01T00:00:00Z' }
    return { type: 'message', ...stamp, to: 'b', text: '', sentAt: '2026-01-01T00:00:00Z' }
  }
  for (let seq = 1; seq <= 10; seq++) {
    const value = seq === 2 || seq === 3 || seq === 9 ? { seq } : event(seq)
    await storage.write([{ type: 'put', key: ['events', 'a', seq], value }])
  }
  const damaged: string[] = []
  const history = new HistoryStore(storage, error => damaged.push(error.code))
  const seqs = async (range: object) => (await history.events('a', range)).map(({ seq }) => seq)
  expect(await seqs({ limit: 3 })).toEqual([1, 4, 5])
  expect(await seqs({ limit: 3, newest: true })).toEqual([7, 8, 10])
  expect(await seqs({ after: 1, before: 4, limit: 1 })).toEqual([])
  expect(damaged.every(code => code === 'STORAGE_DAMAGED')).toBe(true)
  expect(damaged.length).toBeGreaterThan(0)
})
