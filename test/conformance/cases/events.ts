/** The collection `events`: logs by conversation, in the order of their sequence. */
import type { Json, Key, ListOptions, StorageAdapter, StorageEntry } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { del, expectEntries, expectEqual, expectRejection, put } from '../expect.ts'
import { HOSTILE_TEXTS } from '../hostile.ts'
import { sortedKeys } from '../reference.ts'

const LOG_LENGTH = 2_000

/** Cases of the event log. */
export const eventsCases: readonly ConformanceCase[] = [
  conformanceCase('Events are listed by sequence, in whatever order they were written.', async stage => {
    const storage = await stage.open()
    const order = [5, 6, 7, 1, 12, 2, 100, 11, 10, 3]
    for (const seq of order) await storage.write([put(key('a', seq), event(seq))])
    const expected = [...order].sort((a, b) => a - b).map(seq => entry('a', seq))
    await expectEntries(storage, ['events', 'a'], expected)
    await expectEntries(await stage.reopen(storage), ['events', 'a'], expected)
  }),

  conformanceCase('Events can be overwritten and deleted.', async stage => {
    const storage = await stage.open()
    await storage.write([1, 2, 3, 4, 5].map(seq => put(key('a', seq), event(seq))))
    const reopened = await stage.reopen(storage)
    await reopened.write([put(key('a', 2), event(2, 'changed')), del(key('a', 3)), del(key('a', 5))])
    const expected = [entry('a', 1), entry('a', 2, 'changed'), entry('a', 4)]
    await expectEntries(reopened, ['events', 'a'], expected)
    const last = await stage.reopen(reopened)
    await expectEntries(last, ['events', 'a'], expected)
    expectEqual(await last.get(key('a', 3)), undefined, 'a deleted event')
    await last.write([put(key('a', 3), event(3, 'again'))])
    expectEqual(await last.get(key('a', 3)), event(3, 'again'), 'an event written again')
  }),

  conformanceCase('Conversations with hostile names are kept apart, and listed in key order.', async stage => {
    const storage = await stage.open()
    const names = sortedKeys(HOSTILE_TEXTS.map((text): Key => ['events', text])).map(([, text]) => String(text))
    for (const name of names)
      await storage.write([put(key(name, 2), event(2, name)), put(key(name, 10), event(10, name))])
    const expected = names.flatMap(name => [entry(name, 2, name), entry(name, 10, name)])
    await expectEntries(storage, ['events'], expected)
    const reopened = await stage.reopen(storage)
    await expectEntries(reopened, ['events'], expected)
    for (const name of names) {
      expectEqual((await reopened.list(['events', name])).length, 2, `the number of events of ${JSON.stringify(name)}`)
    }
  }),

  conformanceCase('Pages of a log are right at both ends and in the middle.', async stage => {
    const storage = await stage.open()
    await storage.write(Array.from({ length: LOG_LENGTH }, (_, index) => put(key('a', index + 1), event(index + 1))))
    await checkLogPages(storage)
    const reopened = await stage.reopen(storage)
    await checkLogPages(reopened)
    await reopened.write([put(key('a', LOG_LENGTH + 1), event(LOG_LENGTH + 1))])
    expectEqual(await seqs(reopened, { reverse: true, limit: 2 }), [LOG_LENGTH + 1, LOG_LENGTH], 'the end of the log')
  }),

  conformanceCase('Events and documents of one batch take effect together.', async stage => {
    const storage = await stage.open()
    await storage.write([put(key('a', 1), event(1)), put(['state', 'cursor'], 1), put(['pending', 'm'], { seq: 1 })])
    const refused = storage.write([put(key('a', 2), event(2)), put(['state', 'cursor'], 2), put(key('a', 3), event(4))])
    await expectRejection(refused, 'STORAGE_VALUE_INVALID', 'an event whose seq is not that of its key')
    expectEqual(await seqs(storage, {}), [1], 'the log')
    const reopened = await stage.reopen(storage)
    expectEqual(await seqs(reopened, {}), [1], 'the log of the next instance')
    expectEqual(await reopened.get(['state', 'cursor']), 1, 'the cursor')
    expectEqual(await reopened.get(['pending', 'm']), { seq: 1 }, 'the pending item')
  }),

  conformanceCase('What is no event is refused in the log.', async stage => {
    const storage = await stage.open()
    const values: Json[] = [null, 'text', 1, [], {}, { seq: '1' }, { seq: 2 }]
    for (const value of values) {
      await expectRejection(storage.write([put(key('a', 1), value)]), 'STORAGE_VALUE_INVALID', JSON.stringify(value))
    }
    const keys: Key[] = [['events'], ['events', 'a'], ['events', 'a', '1'], ['events', 1, 1], ['events', 'a', 1, 1]]
    for (const invalid of keys) {
      await expectRejection(storage.write([put(invalid, event(1))]), 'STORAGE_KEY_INVALID', JSON.stringify(invalid))
    }
    expectEqual(await storage.list(['events']), [], 'what rejected writes left')
  }),
]

async function checkLogPages(storage: StorageAdapter): Promise<void> {
  expectEqual(await seqs(storage, { limit: 3 }), [1, 2, 3], 'the beginning')
  expectEqual(await seqs(storage, { limit: 3, reverse: true }), [LOG_LENGTH, LOG_LENGTH - 1, LOG_LENGTH - 2], 'the end')
  for (const middle of [2, 500, 999, 1500.5, LOG_LENGTH - 1]) {
    const [low, high] = [Math.ceil(middle) - 1, Math.floor(middle) + 1]
    expectEqual(await seqs(storage, { after: key('a', middle), limit: 1 }), [high], `after ${middle}`)
    expectEqual(await seqs(storage, { before: key('a', middle), limit: 1, reverse: true }), [low], `before ${middle}`)
  }
  const bounds = { after: key('a', 700), before: key('a', 705) }
  expectEqual(await seqs(storage, bounds), [701, 702, 703, 704], 'a stretch')
  expectEqual(await seqs(storage, { ...bounds, reverse: true, limit: 2 }), [704, 703], 'the end of a stretch')
}

async function seqs(storage: StorageAdapter, options: ListOptions): Promise<unknown[]> {
  return (await storage.list(['events', 'a'], options)).map(entry => entry.key[2])
}

function key(conversation: string, seq: number): Key {
  return ['events', conversation, seq]
}

function event(seq: number, text = 'as written'): Json {
  return { seq, text }
}

function entry(conversation: string, seq: number, text?: string): StorageEntry {
  return { key: key(conversation, seq), value: event(seq, text) }
}
