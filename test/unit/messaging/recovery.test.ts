import { IMError, memoryDisk } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorText } from '../../../src/protocol/answers.ts'
import { World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

const texts = (messages: readonly { text: string }[]) => messages.map(message => message.text)

/** The server refuses pages of history, as often as there are errors; gives the count of requests that were refused. */
function refuseHistory(errors: IMError[]): () => number {
  const { acceptor } = world.network
  let refusals = 0
  world.network.acceptor = acceptor && {
    accept(socket) {
      const connection = acceptor.accept(socket)
      const receive = connection.receive.bind(connection)
      connection.receive = text => {
        const { id, method } = JSON.parse(text)
        const error = method === 'history.fetch' ? errors.shift() : undefined
        if (!error) return receive(text)
        refusals += 1
        socket.send(errorText(id, error))
      }
      return connection
    },
  }
  return () => refusals
}

/** Bob has missed more than the server replays. */
async function bobIsBehind() {
  await world.stopServer()
  await world.startServer({ limits: { replayItems: 10 } })
  const alice = await world.join('alice')
  for (let count = 1; count <= 20; count++) await alice.client.sendMessage({ to: 'bob', text: `${count}` })
  await world.pass()
  const bob = world.client('bob')
  const states: string[] = []
  bob.client.on('state', ({ name }) => states.push(name))
  return { alice, bob, states }
}

describe('Recovery that the server refuses', () => {
  it('goes on after the pause that the server asks for, on the same session', async () => {
    const { bob, states } = await bobIsBehind()
    refuseHistory([new IMError('RATE_LIMITED', 'slowly', { retryAfterMs: 3000 })])
    await bob.client.connect()
    await world.pass(2999)
    expect(await bob.client.getConversationHistory({ contactId: 'alice' })).toEqual([])
    await world.pass(1)
    expect(await bob.client.getConversationHistory({ contactId: 'alice' })).toHaveLength(20)
    expect(states).toEqual(['connecting', 'connected'])
    expect(bob.errors).toEqual([])
  })

  it('asks no more once the session has ended', async () => {
    const { bob } = await bobIsBehind()
    const refusals = refuseHistory([new IMError('RATE_LIMITED', 'slowly'), new IMError('RATE_LIMITED', 'slowly')])
    await bob.client.connect()
    await world.pass()
    await bob.client.close()
    await world.pass(5000)
    expect(refusals()).toBe(1)
  })

  it.each(['FORBIDDEN', 'CONVERSATION_NOT_FOUND'] as const)(
    'tells what is lost where the answer is %s, and stays connected',
    async code => {
      const { alice, bob, states } = await bobIsBehind()
      const refusals = refuseHistory([new IMError(code, 'no'), new IMError(code, 'no')])
      await bob.client.connect()
      await world.pass(60_000)
      expect(refusals()).toBe(1)
      expect(states).toEqual(['connecting', 'connected'])
      expect(bob.errors.map(error => [error.code, error.details, (error.cause as IMError).code])).toEqual([
        ['HISTORY_UNAVAILABLE', { conversationId: 'alice', from: 1, to: 20 }, code],
      ])
      await alice.client.sendMessage({ to: 'bob', text: 'later' })
      await world.pass()
      expect(texts(await bob.client.getConversationHistory({ contactId: 'alice' }))).toEqual(['later'])
    },
  )
})

describe('Recovery with a cursor that the server knows', () => {
  it('brings what was said while the client was away, once, and says so', async () => {
    const alice = await world.join('alice')
    const bob = await world.join('bob')
    await bob.client.close()
    for (const text of ['one', 'two', 'three']) await alice.client.sendMessage({ to: 'bob', text })
    await world.pass()
    const again = world.client('bob', {}, bob.disk)
    await expect(again.client.connect()).resolves.toEqual({ kind: 'recovered' })
    expect(texts(await again.client.getConversationHistory({ contactId: 'alice' }))).toEqual(['one', 'two', 'three'])
    expect(again.errors).toEqual([])
  })

  it('sends what was written offline, in order, before and after a restart', async () => {
    await world.join('bob')
    const alice = world.client('alice')
    await alice.client.sendMessage({ to: 'bob', text: 'one' })
    await alice.client.sendMessage({ to: 'bob', text: 'two' })
    await alice.client.close()
    const again = world.client('alice', {}, alice.disk)
    await again.client.sendMessage({ to: 'bob', text: 'three' })
    await again.client.connect()
    await world.pass()
    const history = await again.client.getConversationHistory({ contactId: 'bob' })
    expect(history.map(({ text, seq, status }) => [text, seq, status])).toEqual([
      ['one', 1, 'delivered'],
      ['two', 2, 'delivered'],
      ['three', 3, 'delivered'],
    ])
  })

  it('resends after an answer was lost, and the message is stored once on both sides', async () => {
    const disk = memoryDisk()
    await world.stopServer()
    await world.startServer({}, disk)
    const alice = await world.join('alice')
    const bob = await world.join('bob')
    world.network.silent = true // what the server answers gets lost
    const message = await alice.client.sendMessage({ to: 'bob', text: 'once' })
    await world.pass()
    world.network.silent = false
    await world.stopServer()
    await world.startServer({}, disk)
    await world.pass(5000)
    await alice.client.waitForStatus(message.id, 'delivered')
    expect(texts(await bob.client.getConversationHistory({ contactId: 'alice' }))).toEqual(['once'])
    expect(texts(await alice.client.getConversationHistory({ contactId: 'bob' }))).toEqual(['once'])
  })
})

describe('Recovery of what an account may not see', () => {
  /** The news that somebody joined is held back on its way, with all that follows; gives the way to let it through. */
  function holdFeed(): () => void {
    const { acceptor } = world.network
    const held: (() => void)[] = []
    let [holds, released] = [false, false]
    world.network.acceptor = acceptor && {
      accept(socket) {
        const send = socket.send.bind(socket)
        socket.send = text => {
          holds ||= text.includes('"membership"') && !released
          if (holds && text.includes('"feed.events"')) held.push(() => send(text))
          else send(text)
        }
        return acceptor.accept(socket)
      },
    }
    return () => {
      ;[holds, released] = [false, true]
      for (const send of held) send()
    }
  }

  it('misses nothing from before it was added to a group, also where its own answer overtakes that news', async () => {
    const alice = await world.join('alice')
    const { conversationId } = await alice.client.createGroup({ title: 'team', members: [] })
    for (const text of ['1', '2']) await alice.client.sendMessage({ to: conversationId, text })
    const release = holdFeed()
    const bob = await world.join('bob')
    const gaps: unknown[] = []
    bob.client.on('gap', ({ gaps: missing }) => gaps.push(missing))
    await alice.client.updateGroup(conversationId, { add: ['bob'] })
    await alice.client.sendMessage({ to: conversationId, text: 'welcome' })
    await world.pass()
    const sent = await bob.client.sendMessage({ to: conversationId, text: 'hello' })
    await world.pass()
    expect((await bob.client.waitForStatus(sent.id, 'accepted')).seq).toBe(6)
    await world.pass(5000)
    release()
    await world.pass(5000)
    const history = await bob.client.getConversationHistory({ conversationId })
    expect(texts(history)).toEqual(['welcome', 'hello'])
    expect(gaps.at(-1)).toEqual([])
    expect(bob.errors).toEqual([])
  })
})

describe('Recovery without one', () => {
  it('fetches a long history newest page first, and tells the sender that it was delivered', async () => {
    await world.stopServer()
    await world.startServer({ limits: { replayItems: 10 } })
    const alice = await world.join('alice')
    const sent = []
    for (let count = 1; count <= 450; count++)
      sent.push(await alice.client.sendMessage({ to: 'bob', text: `text ${count}` }))
    await world.pass()
    const bob = world.client('bob')
    const gaps: number[] = []
    bob.client.on('gap', change => gaps.push(change.gaps.at(-1)?.to ?? 0))
    await expect(bob.client.connect()).resolves.toEqual({
      kind: 'partial',
      gaps: [{ conversationId: 'alice', gaps: [{ from: 1, to: 450 }] }],
    })
    await world.pass()
    const history = await bob.client.getConversationHistory({ contactId: 'alice', limit: 1000 })
    expect(history.map(message => message.seq)).toEqual(sent.map((_, index) => index + 1))
    expect(gaps.at(-1)).toBe(0)
    expect([...gaps].sort((a, b) => b - a)).toEqual(gaps)
    const last = sent.at(-1)
    if (last) await alice.client.waitForStatus(last.id, 'delivered')
  })

  it('tells nobody that a message was delivered that an interrupted backfill has not brought', async () => {
    await world.stopServer()
    const disk = memoryDisk()
    await world.startServer({ limits: { replayItems: 10 } }, disk)
    const alice = await world.join('alice')
    const sent = []
    for (let count = 1; count <= 450; count++)
      sent.push(await alice.client.sendMessage({ to: 'bob', text: `text ${count}` }))
    await world.pass()
    const statusOfFirst = async () =>
      (await alice.client.getConversationHistory({ contactId: 'bob', after: 0, limit: 1 }))[0]?.status
    const bob = world.client('bob')
    let pages = 0
    bob.client.on('gap', () => {
      if (++pages === 2) world.network.cut() // one page of three is stored
    })
    await bob.client.connect()
    await world.pass()
    await bob.client.close()
    const again = world.client('bob', {}, bob.disk)
    again.client.on('state', ({ name }) => void (name === 'connected' && world.network.cut()))
    const connecting = again.client.connect()
    const refused = expect(connecting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await world.pass()
    await again.client.close()
    await refused
    await world.pass(5000)
    expect(await statusOfFirst()).toBe('accepted')
    const whole = world.client('bob', {}, bob.disk)
    await whole.client.connect()
    await world.pass()
    const [last] = sent.slice(-1)
    if (last) await alice.client.waitForStatus(last.id, 'delivered')
  })

  it('keeps what is stored when the server numbers anew, and goes on above it', async () => {
    const alice = await world.join('alice')
    const bob = await world.join('bob')
    for (const text of ['old 1', 'old 2']) await alice.client.sendMessage({ to: 'bob', text })
    await world.pass()
    await world.stopServer()
    const synced = new Promise(resolve => bob.client.on('synced', resolve))
    await world.startServer() // an empty disk: a new epoch
    await alice.client.sendMessage({ to: 'bob', text: 'new 1' })
    await world.pass(5000)
    await expect(synced).resolves.toMatchObject({ kind: 'reset' })
    await alice.client.sendMessage({ to: 'bob', text: 'new 2' })
    await world.pass()
    for (const [inhabitant, contactId] of [
      [alice, 'bob'],
      [bob, 'alice'],
    ] as const) {
      const history = await inhabitant.client.getConversationHistory({ contactId })
      expect(history.map(({ text, seq }) => [text, seq])).toEqual([
        ['old 1', 1],
        ['old 2', 2],
        ['new 1', 3],
        ['new 2', 4],
      ])
    }
    const [last] = (await alice.client.getConversationHistory({ contactId: 'bob' })).slice(-1)
    expect(last?.status).toBe('delivered')
    await bob.client.markRead('alice')
    await world.pass()
    if (last) await expect(alice.client.waitForStatus(last.id, 'read')).resolves.toMatchObject({ seq: 4 })
    expect([...alice.errors, ...bob.errors]).toEqual([])
  })
})

it('Delivery is told after a session that was not recovered, also in a conversation in which only this client had spoken', async () => {
  await world.stopServer()
  await world.startServer({ limits: { replayItems: 1 } })
  const { client: alice } = await world.join('alice')
  const { client: carol } = await world.join('carol')
  const before = await world.join('bob')
  await before.client.sendMessage({ to: 'carol', text: 'bob speaks' })
  await world.pass(100)
  await before.client.close()
  for (let n = 0; n < 5; n++) await alice.sendMessage({ to: 'bob', text: `meanwhile ${n}` })
  await world.pass(100)
  const bob = world.client('bob', {}, before.disk)
  expect((await bob.client.connect()).kind).toBe('partial')
  await world.pass(100)
  const { id } = await carol.sendMessage({ to: 'bob', text: 'carol answers' })
  await world.pass(100)
  const answered = await carol.getConversationHistory({ contactId: 'bob' })
  expect(answered.find(message => message.id === id)?.status).toBe('delivered')
})
