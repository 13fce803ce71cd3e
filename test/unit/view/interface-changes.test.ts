import type { Change, IMClient, PendingEntry } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KINDS, type Tested } from '../../support/client-kinds.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

const NOTHING: Change = { conversations: [], contacts: false, queue: false, deadLetters: false }

/** What changes tell together. */
function together(changes: readonly Change[]): Change {
  return {
    conversations: [...new Set(changes.flatMap(({ conversations }) => conversations))].sort(),
    contacts: changes.some(({ contacts }) => contacts),
    queue: changes.some(({ queue }) => queue),
    deadLetters: changes.some(({ deadLetters }) => deadLetters),
  }
}

describe.each(CLIENT_KINDS)('$name that is told of changes', ({ make }) => {
  let tested: Tested
  let client: IMClient
  let bob: Inhabitant
  let changes: Change[]

  const begin = async (options?: Parameters<typeof make>[2]) => {
    tested = await make(world, 'alice', options)
    client = tested.client
    bob = await world.join('bob')
    await client.connect()
    changes = []
    client.on('change', change => changes.push(change))
    await world.pass(10)
  }

  /** What is told while something is done. */
  const told = async (action: () => unknown) => {
    await world.pass(10)
    changes.length = 0
    await action()
    await world.pass(10)
    return together(changes)
  }

  const say = (text: string, to = 'alice') => bob.client.sendMessage({ to, text })
  const inBob: Change = { ...NOTHING, conversations: ['bob'] }

  it('hears of messages that are received, and can read them by then', async () => {
    await begin()
    const read: Promise<string[]>[] = []
    client.on('change', () => {
      read.push(client.getConversationHistory({ contactId: 'bob' }).then(page => page.map(({ text }) => text)))
    })
    expect(await told(() => say('one'))).toEqual(inBob)
    expect(await told(() => say('two'))).toEqual(inBob)
    expect((await Promise.all(read)).at(0)).toEqual(['one'])
    expect((await Promise.all(read)).at(-1)).toEqual(['one', 'two'])
  })

  it('hears once of what was written together', async () => {
    await begin()
    await client.close()
    const again = await make(world, 'alice')
    for (let index = 0; index < 20; index++) await say(`${index}`)
    await world.pass(10)
    const heard: Change[] = []
    again.client.on('change', change => heard.push(change))
    await again.client.connect()
    await world.pass(10)
    expect(heard).toContainEqual(inBob)
    expect(heard.length).toBeLessThan(5)
    expect(await again.client.getConversationHistory({ contactId: 'bob' })).toHaveLength(20)
  })

  it('hears of messages of its own that are queued, and that are accepted', async () => {
    await begin()
    expect((await told(() => client.sendMessage({ to: 'bob', text: 'now' }))).conversations).toEqual(['bob'])
    await world.stopServer()
    const queued: string[] = []
    client.on('change', async () => {
      queued.push(...(await client.getConversationHistory({ contactId: 'bob' })).map(({ status }) => status))
    })
    expect((await told(() => client.sendMessage({ to: 'bob', text: 'later' }))).conversations).toEqual(['bob'])
    expect(queued).toContain('queued')
  })

  it('hears of messages of its own that failed, are retried and thrown away', async () => {
    await begin()
    const inGroup: Change = { ...NOTHING, conversations: ['group-of-others'], deadLetters: true }
    expect(await told(() => client.sendMessage({ to: 'group-of-others', text: 'let me in' }))).toEqual(inGroup)
    expect(await client.listDeadLetters()).toHaveLength(1)
    expect(await told(() => client.redriveDeadLetters())).toEqual(inGroup)
    expect(await told(() => client.purgeDeadLetters())).toEqual({ ...NOTHING, deadLetters: true })
    expect(await client.listDeadLetters()).toEqual([])
  })

  it('hears of edits, deletions and reactions, of its own and of others', async () => {
    await begin()
    const own = await client.sendMessage({ to: 'bob', text: 'own' })
    const other = await say('other')
    for (const [actor, mine, theirs] of [
      [client, own, other],
      [bob.client, other, own],
    ] as const) {
      expect(await told(() => actor.editMessage(mine.id, { text: 'edited' }))).toEqual(inBob)
      expect(await told(() => actor.react(theirs.id, '👍'))).toEqual(inBob)
      expect(await told(() => actor.react(theirs.id, '👍', { removed: true }))).toEqual(inBob)
      expect(await told(() => actor.deleteMessage(mine.id))).toEqual(inBob)
    }
  })

  it('hears of read positions: its own, and those of others', async () => {
    await begin()
    await say('read me')
    expect(await told(() => client.markRead('bob'))).toEqual(inBob)
    expect(await told(() => client.markRead('bob'))).toEqual(NOTHING)
    await client.sendMessage({ to: 'bob', text: 'read me too' })
    expect(await told(() => bob.client.markRead('alice'))).toEqual(inBob)
  })

  it('does not hear that the server has confirmed what it has read', async () => {
    await begin()
    await say('read me')
    await world.pass(10)
    changes.length = 0
    await client.markRead('bob')
    await world.pass(100)
    expect(changes).toEqual([inBob])
  })

  it('hears of groups and their titles', async () => {
    await begin()
    let id = ''
    const made = await told(async () => {
      id = (await client.createGroup({ title: 'team', members: ['bob'] })).conversationId
    })
    const inGroup = { ...NOTHING, conversations: [id] }
    expect(made).toEqual(inGroup)
    expect(await told(() => client.updateGroup(id, { title: 'the team' }))).toEqual(inGroup)
    expect(await told(() => say('hi', id))).toEqual(inGroup)
  })

  it('hears of contacts', async () => {
    await begin()
    const inBook = { ...NOTHING, contacts: true }
    expect(await told(() => client.addContact({ contactId: 'bob' }))).toEqual(inBook)
    expect(await told(() => client.updateContact('bob', { name: 'Bob' }))).toEqual(inBook)
    expect(await told(() => client.getContact('bob'))).toEqual(NOTHING)
    expect(await told(() => client.removeContact('bob'))).toEqual(inBook)
  })

  it('hears of each turn of the pending queue', async () => {
    await begin({ queue: true })
    expect(await told(() => say('work'))).toEqual({ ...inBob, queue: true })
    const claim = async () => {
      const [claimed] = await client.claimMessages()
      if (!claimed) throw new Error('There was nothing to claim.')
      return claimed
    }
    expect(await told(claim)).toMatchObject({ queue: true, deadLetters: false })
    const [entry] = await client.listPending()
    expect(entry).toMatchObject({ state: 'claimed', attempts: 1 })
  })

  it('hears of work that is released, failed for good, redriven and completed', async () => {
    await begin({ queue: true })
    await say('work')
    await world.pass(10)
    const [first] = await client.claimMessages()
    expect((await told(() => first?.release({ delayMs: 1 }))).queue).toBe(true)
    await world.pass(10)
    const [second] = await client.claimMessages()
    expect(await told(() => second?.fail('no'))).toMatchObject({
      queue: true,
      deadLetters: true,
    })
    expect(await told(() => client.redriveDeadLetters())).toMatchObject({ queue: true, deadLetters: true })
    const [third] = await client.claimMessages()
    expect((await told(() => third?.complete())).queue).toBe(true)
    expect(await client.listPending()).toEqual([])
  })

  it('lists the pending queue with what is known of the work, and never with a token', async () => {
    await begin({ queue: true })
    await say('one')
    await say('two')
    await world.pass(10)
    const [claimed] = await client.claimMessages({ leaseMs: 5000, renew: false })
    const entries: PendingEntry[] = await client.listPending()
    expect(entries).toEqual([
      {
        message: expect.objectContaining({ text: 'one' }),
        state: 'claimed',
        attempts: 1,
        receivedAt: expect.any(String),
        lease: { claimedAt: '2026-01-01T00:00:00.020Z', until: '2026-01-01T00:00:05.020Z' },
      },
      {
        message: expect.objectContaining({ text: 'two' }),
        state: 'waiting',
        attempts: 0,
        receivedAt: expect.any(String),
      },
    ])
    expect(JSON.stringify(entries)).not.toContain(claimed?.token)
    await claimed?.release({ delayMs: 2000, error: 'later' })
    expect(await client.listPending({ state: 'waiting' })).toEqual([
      expect.objectContaining({ lastError: 'later', notBefore: '2026-01-01T00:00:02.020Z', attempts: 1 }),
      expect.objectContaining({ attempts: 0 }),
    ])
    expect(await client.listPending({ claimable: true })).toEqual([])
  })

  it('hears that a message of its own has expired, although nothing was written', async () => {
    await begin()
    await bob.client.close()
    await client.sendMessage({ to: 'bob', text: 'there?', expiresAt: '2026-01-01T00:00:05.000Z' })
    const read: Promise<string | undefined>[] = []
    await world.pass(10)
    client.on('change', ({ conversations }) => {
      expect(conversations).toEqual(['bob'])
      read.push(client.getConversationHistory({ contactId: 'bob' }).then(page => page.at(-1)?.status))
    })
    await world.passSteps(8, 1000)
    expect(await Promise.all(read)).toContain('expired')
  })

  it('lists those conversations that it is asked for', async () => {
    await begin()
    await say('one')
    await client.sendMessage({ to: 'carol', text: 'two' })
    await world.pass(10)
    const list = async (...conversationIds: string[]) =>
      (await client.listConversations({ conversationIds })).map(({ conversationId }) => conversationId)
    expect(await list('bob')).toEqual(['bob'])
    expect(await list('nobody')).toEqual([])
    expect((await list('carol', 'bob', 'nobody')).sort()).toEqual(['bob', 'carol'])
  })

  it('lists a conversation that only waits to begin, or was refused, until its messages are thrown away', async () => {
    await begin()
    await world.stopServer()
    await client.sendMessage({ to: 'carol', text: 'soon' })
    await world.pass(10)
    await client.sendMessage({ to: 'group-of-others', text: 'let me in' })
    const begun = { lastSeq: 0, unreadCount: 0, lastMessageAt: expect.any(String) }
    const ofCarol = { ...begun, conversationId: 'carol', kind: 'direct', participants: ['alice', 'carol'] }
    const ofGroup = { ...begun, conversationId: 'group-of-others', kind: 'group', participants: [] }
    expect(await client.listConversations()).toMatchObject([ofGroup, ofCarol])
    expect(await client.listConversations({ conversationIds: ['carol', 'nobody'] })).toMatchObject([ofCarol])
    await world.startServer()
    await world.pass(30_000)
    expect(await client.listConversations()).toMatchObject([{ ...ofCarol, lastSeq: 1 }, ofGroup])
    await client.purgeDeadLetters()
    expect(await client.listConversations()).toMatchObject([{ ...ofCarol, lastSeq: 1 }])
  })

  it('sees who is online, also on later sessions', async () => {
    await begin()
    const seen: string[] = []
    client.on('presence', ({ agentId, online }) => seen.push(`${agentId} ${online}`))
    expect(await client.watchPresence(['bob', 'carol'])).toMatchObject([
      { agentId: 'bob', online: true },
      { agentId: 'carol', online: false },
    ])
    await bob.client.close()
    await world.join('carol')
    await world.pass()
    expect(seen).toEqual(['bob false', 'carol true'])
    expect(await client.watchPresence(['carol'])).toMatchObject([{ agentId: 'carol', online: true }])
    world.network.cut()
    await world.passSteps(6, 500)
    expect(seen.slice(2).sort()).toEqual(expect.arrayContaining(['bob false', 'carol true']))
    await expect(client.watchPresence(['group-no'])).rejects.toMatchObject({ code: 'ID_INVALID' })
  })

  it('sees nobody while it is not connected', async () => {
    await begin()
    await world.stopServer()
    await world.pass(10)
    expect(await client.watchPresence(['bob'])).toEqual([])
  })

  it('is not told any more once it does not listen', async () => {
    await begin()
    const heard: Change[] = []
    const off = client.on('change', change => heard.push(change))
    off()
    await say('one')
    await world.pass(10)
    expect(heard).toEqual([])
    expect(changes).toContainEqual(inBob)
  })
})
