import { describe, expect, it } from 'vitest'
import { IMError, type StorageAdapter, type WriteOperation } from '../../../src/index.ts'
import { FeedReader } from '../../../src/server/feed-reader.ts'
import { directKey, directMembership } from '../../../src/server/membership.ts'
import type { AppendOutcome, Publication } from '../../../src/server/server-log.ts'
import { StorageLog } from '../../../src/server/storage-log.ts'
import { memoryDisk, memoryStorage } from '../../../src/storage/memory-storage.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/** Storage whose writes can be counted, held up and refused. */
class WatchedStorage implements StorageAdapter {
  readonly durability = 'none'
  readonly batches: WriteOperation[][] = []
  failure: Error | undefined
  readonly #inner: StorageAdapter

  constructor(inner: StorageAdapter) {
    this.#inner = inner
  }

  open = () => this.#inner.open()
  get: StorageAdapter['get'] = key => this.#inner.get(key)
  list: StorageAdapter['list'] = (prefix, options) => this.#inner.list(prefix, options)
  close = () => this.#inner.close()
  write: StorageAdapter['write'] = async batch => {
    if (this.failure) throw this.failure
    this.batches.push([...batch])
    await this.#inner.write(batch)
  }
}

async function openLog(disk = memoryDisk(), indexedEvents = 1000) {
  const storage = new WatchedStorage(memoryStorage(disk))
  const errors: IMError[] = []
  const log = new StorageLog({
    storage,
    clock: new ManualClock(),
    random: new SeededRandom(1),
    indexedEvents,
    onError: error => errors.push(error),
    onRepair: () => undefined,
  })
  await log.open()
  const published: Publication[] = []
  log.subscribe(group => published.push(...group))
  const append = (from: string, to: string, id: string, after?: string) =>
    new Promise<AppendOutcome>(settle =>
      log.append({
        key: directKey(from, to),
        from,
        id,
        after,
        decide: ({ membership }) => ({
          events: [{ type: 'message', fields: { text: id } }],
          ...(membership ? {} : { membership: directMembership(from, to, id) }),
        }),
        settle,
      }),
    )
  return { log, storage, disk, published, append, errors }
}

const AB = directKey('b', 'a')

describe('StorageLog', () => {
  it('writes all that waits as one batch, numbered in the order of the calls', async () => {
    const { append, storage, published, log } = await openLog()
    storage.batches.length = 0
    const outcomes = await Promise.all([append('a', 'b', '1'), append('b', 'a', '1'), append('a', 'c', '1')])
    expect(outcomes.map(outcome => outcome.ok && outcome.seq)).toEqual([1, 2, 1])
    expect(storage.batches).toHaveLength(1)
    expect(published.map(publication => publication.kind === 'event' && publication.logged.position)).toEqual([1, 2, 3])
    expect(log.head).toBe(3)
  })

  it('is the same after a restart: epoch, numbers, receipts and ids', async () => {
    const first = await openLog()
    await first.append('a', 'b', '1')
    first.log.raise({ key: AB, reader: 'b', positions: { delivered: 1 } })
    await first.log.close()
    const { log, append } = await openLog(first.disk)
    expect([log.epoch, log.head]).toEqual([first.log.epoch, 2])
    expect(log.conversation(AB)).toMatchObject({ lastSeq: 1, lastPosition: 1, lastReceiptPosition: 2 })
    expect(await append('a', 'b', '1')).toMatchObject({ ok: true, seq: 1, duplicate: true })
    expect(await append('a', 'b', '2', '1')).toMatchObject({ ok: true, seq: 2, duplicate: false })
    expect(log.head).toBe(3)
  })

  it('tells the requests of a write that failed, changes nothing, and goes on', async () => {
    const { append, storage, log, published, errors } = await openLog()
    await append('a', 'b', '1')
    storage.failure = new IMError('STORAGE_FULL', 'The disk is full.')
    const failed = await append('a', 'b', '2')
    expect(failed).toMatchObject({ ok: false, error: { code: 'INTERNAL', retryable: true } })
    expect([log.head, published.length, log.conversation(AB)?.lastSeq]).toEqual([1, 1, 1])
    expect(errors).toMatchObject([{ code: 'INTERNAL', cause: { code: 'STORAGE_FULL' } }])
    storage.failure = undefined
    expect(await append('a', 'b', '2')).toMatchObject({ ok: true, seq: 2, duplicate: false })
  })

  it('refuses one request of a group without harm to the others', async () => {
    const { append } = await openLog()
    const outcomes = await Promise.all([append('a', 'b', '1'), append('a', 'b', '3', '2'), append('a', 'b', '4', '1')])
    expect(outcomes.map(outcome => (outcome.ok ? outcome.seq : outcome.error.code))).toEqual([
      1,
      'MESSAGE_OUT_OF_ORDER',
      2,
    ])
  })

  it('stays exact about repeats when it had to forget the ids of a conversation', async () => {
    const { append, log } = await openLog(memoryDisk(), 3)
    for (const to of ['b', 'c', 'd', 'e']) {
      await Promise.all([append('a', to, '1'), append('a', to, '2')])
    }
    for (const to of ['b', 'c', 'd', 'e']) {
      expect(await append('a', to, '2')).toMatchObject({ seq: 2, duplicate: true })
      expect(await append('a', to, '3')).toMatchObject({ seq: 3, duplicate: false })
    }
    expect(log.head).toBe(12)
  })

  it('settles a request before it publishes its event', async () => {
    const { log } = await openLog()
    const order: string[] = []
    log.subscribe(() => order.push('published'))
    await new Promise<void>(resolve => {
      log.append({
        key: AB,
        from: 'a',
        id: '1',
        after: undefined,
        decide: () => ({ events: [{ type: 'message', fields: {} }], membership: directMembership('a', 'b', '1') }),
        settle: () => {
          order.push('settled')
          queueMicrotask(resolve)
        },
      })
    })
    expect(order).toEqual(['settled', 'published'])
  })

  it('writes a receipt that says nothing new not at all, and many at once as one', async () => {
    const { append, log, storage, published } = await openLog()
    await append('a', 'b', '1')
    await append('a', 'b', '2')
    storage.batches.length = 0
    for (const delivered of [1, 2, 1]) log.raise({ key: AB, reader: 'b', positions: { delivered } })
    await log.idle()
    log.raise({ key: AB, reader: 'b', positions: { delivered: 2 } })
    await log.idle()
    expect(storage.batches).toEqual([
      [{ type: 'put', key: ['receipts', AB, 'b'], value: { delivered: 2, position: 3 } }],
    ])
    const receipt = published.at(-1)
    expect([receipt?.kind, [...(receipt?.audience.keys() ?? [])]]).toEqual(['receipt', ['a']])
  })

  it('writes what became of messages with the receipt, and tells of it once only', async () => {
    const { log, storage, append, published } = await openLog()
    await append('a', 'b', '1')
    await append('a', 'b', '2')
    await log.idle()
    storage.batches.length = 0
    for (const outcome of ['failed', 'failed', 'expired'] as const) {
      log.raise({ key: AB, reader: 'b', positions: { outcomes: { '2': outcome } } })
      await log.idle()
    }
    log.raise({ key: AB, reader: 'b', positions: { read: 1 } })
    await log.idle()
    expect(storage.batches.map(batch => batch.map(operation => 'value' in operation && operation.value))).toEqual([
      [{ outcomes: { '2': 'failed' }, position: 3 }],
      [{ read: 1, outcomes: { '2': 'failed' }, position: 4 }],
    ])
    const receipts = published.filter(({ kind }) => kind === 'receipt')
    expect(receipts.map(({ audience }) => [...audience.keys()])).toEqual([['a'], ['a']])
  })

  it('holds what became of a message for its sender, although no position covers it', async () => {
    const { log, append } = await openLog()
    await append('a', 'b', '1')
    await append('b', 'a', '2')
    await log.idle()
    const { head } = log
    log.raise({ key: AB, reader: 'b', positions: { outcomes: { '1': 'expired' } } })
    log.raise({ key: AB, reader: 'a', positions: { outcomes: { '2': 'failed' } } })
    await log.idle()
    const missed = async (agentId: string) => {
      const reader = new FeedReader(log, agentId, head)
      await reader.open()
      return (await reader.page({ items: 10, length: 1000 })).receipts.map(({ reader, positions }) => [
        reader,
        positions,
      ])
    }
    expect(await missed('a')).toEqual([['b', { outcomes: { '1': 'expired' } }]])
    expect(await missed('b')).toEqual([['a', { outcomes: { '2': 'failed' } }]])
  })

  it('tries a receipt that nobody waits for again with the next write, joined with what came since', async () => {
    const { append, log, storage } = await openLog()
    await Promise.all([append('a', 'b', '1'), append('a', 'b', '2')])
    storage.failure = new IMError('STORAGE_IO', 'The disk is gone.')
    log.raise({ key: AB, reader: 'b', positions: { delivered: 2 } })
    await log.idle()
    storage.failure = undefined
    log.raise({ key: AB, reader: 'b', positions: { read: 1 } })
    await log.idle()
    expect(log.conversation(AB)?.receipts.get('b')?.positions).toEqual({ delivered: 2, read: 1 })
    storage.failure = new IMError('STORAGE_IO', 'The disk is gone.')
    log.raise({ key: AB, reader: 'a', positions: { delivered: 2 } })
    await log.idle()
    storage.failure = undefined
    await append('a', 'b', '3')
    expect(log.conversation(AB)?.receipts.get('a')?.positions).toEqual({ delivered: 2 })
  })

  it('answers a receipt when it is durable, and with the failure when it is not', async () => {
    const { append, log, storage } = await openLog()
    await append('a', 'b', '1')
    const raise = () =>
      new Promise(resolve => log.raise({ key: AB, reader: 'b', positions: { read: 1 }, settle: resolve }))
    storage.failure = new IMError('STORAGE_IO', 'The disk is gone.')
    expect(await raise()).toMatchObject({ code: 'INTERNAL' })
    storage.failure = undefined
    expect(await raise()).toBeUndefined()
    expect(log.conversation(AB)?.receipts.get('b')).toEqual({ positions: { read: 1 }, position: 2 })
  })
})
