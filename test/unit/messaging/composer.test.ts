import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
let alice: Inhabitant
beforeEach(async () => {
  world = new World()
  await world.startServer()
  alice = await world.join('alice')
})
afterEach(() => world.end())

describe('Parts of a message', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)

  it.each([
    ['a bigint', 1n],
    ['a cycle', cycle],
    ['a function', () => {}],
    ['a date', new Date(0)],
    ['a map', new Map()],
  ])('are refused with %s among them, without harm to what is stored together with them', async (_, part) => {
    const bad = alice.client.sendMessage({ to: 'bob', text: 'bad', parts: [part as never] })
    const good = alice.client.sendMessage({ to: 'bob', text: 'good' })
    await expect(bad).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' })
    await expect(good).resolves.toMatchObject({ text: 'good' })
  })

  it('are copied', async () => {
    const part = { kind: 'image', size: 1, alt: undefined }
    const { id } = await alice.client.sendMessage({ to: 'bob', text: 'look', parts: [part] })
    part.size = 2
    await alice.client.waitForStatus(id, 'accepted')
    const [message] = await alice.client.getConversationHistory({ contactId: 'bob' })
    expect(message?.parts).toEqual([{ kind: 'image', size: 1 }])
  })
})

describe('Reactions', () => {
  it('are refused where they are no text of 1 to 64 units, and the workspace can be opened again', async () => {
    const { id } = await alice.client.sendMessage({ to: 'bob', text: 'hello' })
    await expect(alice.client.react(id, 5 as never)).rejects.toBeInstanceOf(TypeError)
    await expect(alice.client.react(id, '')).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
    await expect(alice.client.react(id, 'x'.repeat(65))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' })
    await world.stopServer()
    await alice.client.react(id, '👍', { removed: 'yes' as never })
    await alice.client.close()
    const again = world.client('alice', {}, alice.disk)
    await expect(again.client.open()).resolves.toBeUndefined()
  })
})

describe('A message that failed', () => {
  it('is accepted when it is sent again, and nothing is left of the failure', async () => {
    await world.stopServer()
    await world.startServer({ limits: { textLength: 3 } })
    const late = await world.join('late')
    await late.client.sendMessage({ id: 'm1', to: 'bob', text: 'too long' })
    await expect(late.client.waitForStatus('m1', 'accepted')).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' })
    expect((await late.client.stats()).deadLetters).toBe(1)
    await late.client.sendMessage({ id: 'm1', to: 'bob', text: 'ok' })
    await expect(late.client.waitForStatus('m1', 'accepted')).resolves.toMatchObject({ status: 'accepted' })
    expect((await late.client.stats()).deadLetters).toBe(0)
  })
})

describe('What a message says beside its text', () => {
  const extras = {
    importance: 'high',
    expiresAt: '2027-01-01T00:00:00.000Z',
    expectsReply: true,
    replyKind: 'progress',
    auto: true,
    hop: 3,
    causationId: 'm0',
  } as const

  it('reaches its recipient, and stays in both histories', async () => {
    const bob = await world.join('bob')
    const sent = await alice.client.sendMessage({ to: 'bob', text: 'hello', ...extras })
    expect(sent).toMatchObject(extras)
    await world.pass()
    expect((await alice.client.getConversationHistory({ contactId: 'bob' }))[0]).toMatchObject(extras)
    expect((await bob.client.getConversationHistory({ contactId: 'alice' }))[0]).toMatchObject(extras)
  })

  it.each([
    ['importance', 'urgent'],
    ['expiresAt', 'tomorrow'],
    ['replyKind', 'answer'],
    ['auto', 'yes'],
    ['hop', -1],
    ['causationId', 'two words'],
  ])('is refused where it cannot be its %s', async (field, value) => {
    const sending = alice.client.sendMessage({ to: 'bob', text: 'hello', [field]: value })
    await expect(sending).rejects.toMatchObject({ code: 'MESSAGE_INVALID', details: { field } })
    expect(await alice.client.stats()).toMatchObject({ outbox: 0 })
  })
})
