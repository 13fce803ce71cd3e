import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IMClient, memoryStorage } from '../../../src/index.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
let bob: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
  bob = await world.join('bob')
})
afterEach(() => world.end())

async function say(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 1; index <= count; index++) {
    ids.push((await alice.client.sendMessage({ to: 'bob', text: `text ${index}` })).id)
  }
  await world.pass()
  return ids
}

describe('History', () => {
  it('gives the newest page oldest first, and pages before and after a seq', async () => {
    await say(10)
    const seqs = async (page: object) =>
      (await bob.client.getConversationHistory({ contactId: 'alice', ...page })).map(message => message.seq)
    expect(await seqs({ limit: 3 })).toEqual([8, 9, 10])
    expect(await seqs({ limit: 3, before: 8 })).toEqual([5, 6, 7])
    expect(await seqs({ limit: 3, after: 2 })).toEqual([3, 4, 5])
    expect(await seqs({ after: 8 })).toEqual([9, 10])
    expect(await seqs({ before: 1 })).toEqual([])
    expect(await seqs({ limit: 1 })).toEqual([10])
    expect(await seqs({ limit: 0 })).toEqual([])
  })

  it('is given whole however long it is', async () => {
    const count = 150_000 // more than a call takes arguments
    const at = new Date(0).toISOString()
    const storage = memoryStorage()
    await storage.open()
    await storage.write(
      Array.from({ length: count }, (_, index) => {
        const [seq, id] = [index + 1, `m${index}`]
        const message = { type: 'message', id, conversationId: 'bob', seq, from: 'bob', to: 'alice', text: '' }
        return { type: 'put', key: ['events', 'bob', seq], value: { ...message, acceptedAt: at, sentAt: at } }
      }),
    )
    await storage.close()
    const client = new IMClient({ storage, agentId: 'alice' })
    await client.open()
    const page = { contactId: 'bob', limit: Number.MAX_SAFE_INTEGER }
    expect(await client.getConversationHistory(page)).toHaveLength(count)
    expect(await client.getConversationHistory({ ...page, after: 0 })).toHaveLength(count)
    await client.close()
  })

  it('ends the newest page with what the server has not accepted yet', async () => {
    await say(2)
    await world.stopServer()
    await alice.client.sendMessage({ to: 'bob', text: 'waiting' })
    const history = await alice.client.getConversationHistory({ contactId: 'bob', limit: 2 })
    expect(history.map(({ text, status }) => [text, status])).toEqual([
      ['text 2', 'delivered'],
      ['waiting', 'queued'],
    ])
  })

  it('holds a message once that is accepted while the page is read, whenever that happens', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const { id } = await alice.client.sendMessage({ to: 'bob', text: 'on its way' })
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      const page = await alice.client.getConversationHistory({ contactId: 'bob', limit: 1 })
      expect({ turns, ids: page.map(message => message.id) }).toEqual({ turns, ids: [id] })
    }
  })

  it('shows edits, deletions and reactions on both sides, on every page', async () => {
    const [first = '', second = '', third = ''] = await say(120)
    await alice.client.editMessage(first, { text: 'edited', data: { at: new Date(0) } })
    await alice.client.deleteMessage(second)
    await bob.client.react(third, '👍')
    await bob.client.react(third, '❤️')
    await bob.client.react(third, '❤️', { removed: true })
    await world.pass()
    for (const [{ client }, contactId] of [
      [alice, 'bob'],
      [bob, 'alice'],
    ] as const) {
      const oldest = await client.getConversationHistory({ contactId, before: 4 })
      expect(oldest.map(({ text, reactions }) => [text, reactions])).toEqual([
        ['edited', undefined],
        ['', undefined],
        ['text 3', { '👍': ['bob'] }],
      ])
      expect(oldest[0]?.editedAt).toBe('2026-01-01T00:00:00.000Z')
      expect(oldest[0]?.data).toEqual({ at: new Date(0) })
      expect(oldest[1]?.deletedAt).toBe('2026-01-01T00:00:00.000Z')
      const newest = await client.getConversationHistory({ contactId, limit: 2 })
      expect(newest.map(message => message.text)).toEqual(['text 119', 'text 120'])
    }
  })

  it('refuses to change what somebody else said', async () => {
    const [id = ''] = await say(1)
    await expect(bob.client.editMessage(id, { text: 'mine' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(bob.client.deleteMessage('nobody-said-this')).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })
})

describe('History that arrives newest page first', () => {
  /** Carol has missed more than the server replays, and looks at an old page as soon as the newest has come. */
  async function carolCatchesUp() {
    const first = await alice.client.sendMessage({ to: 'carol', text: 'first' })
    const second = await alice.client.sendMessage({ to: 'carol', text: 'second' })
    await alice.client.editMessage(first.id, { text: 'edited once' })
    for (let count = 1; count <= 250; count++) await alice.client.sendMessage({ to: 'carol', text: `${count}` })
    await alice.client.editMessage(first.id, { text: 'edited twice' })
    await alice.client.deleteMessage(second.id)
    await world.pass()
    const { client } = world.client('carol')
    const heard: string[] = []
    client.on('message', ({ seq, text }) => void (Number(seq) <= 2 && heard.push(text)))
    let looked: Promise<unknown> | undefined
    client.on('gap', () => {
      looked ??= client.getConversationHistory({ contactId: 'alice', before: 1000 })
    })
    await client.connect()
    await world.pass()
    await looked
    return { client, heard }
  }

  beforeEach(async () => {
    await world.stopServer()
    await world.startServer({ limits: { replayItems: 10 } })
    await world.pass(10_000)
  })

  it('shows the last edit, whichever came first', async () => {
    const { client } = await carolCatchesUp()
    const page = await client.getConversationHistory({ contactId: 'alice', before: 3 })
    expect(page.map(({ text }) => text)).toEqual(['edited twice', ''])
  })

  it('tells of a message as it has become, not as it was sent', async () => {
    const { heard } = await carolCatchesUp()
    expect(heard).toEqual(['edited twice', ''])
  })
})

describe('Search', () => {
  it('finds words in any order, parts of words, Chinese, and letters without their accents', async () => {
    for (const text of ['Crème brûlée für alle', '我们需要一个离线的客户端', 'nothing of interest']) {
      await alice.client.sendMessage({ to: 'bob', text })
    }
    await world.pass()
    const found = async (text: string) => (await bob.client.searchMessages({ text })).map(message => message.text)
    expect(await found('BRULEE creme')).toEqual(['Crème brûlée für alle'])
    expect(await found('客户端')).toEqual(['我们需要一个离线的客户端'])
    expect(await found('ＮＯＴＨＩＮＧ')).toEqual(['nothing of interest'])
    expect(await found('absent')).toEqual([])
    expect(await found('  ')).toEqual([])
  })

  it('gives the newest first, up to the limit, in one conversation where asked', async () => {
    await say(30)
    const texts = (await bob.client.searchMessages({ text: 'text', limit: 2 })).map(message => message.text)
    expect(texts).toEqual(['text 30', 'text 29'])
    expect(await bob.client.searchMessages({ text: 'text', conversationId: 'carol' })).toEqual([])
  })
})
