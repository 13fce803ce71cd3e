import type { ConversationGaps, IMError, Message, Receipt } from 'im-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KINDS, type Tested } from '../../support/client-kinds.ts'
import { type Inhabitant, World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

describe.each(CLIENT_KINDS)('$name', ({ make }) => {
  let tested: Tested
  let bob: Inhabitant

  beforeEach(async () => {
    tested = await make(world, 'alice')
    bob = await world.join('bob')
  })

  const connected = async () => {
    expect(await tested.client.connect()).toEqual({ kind: 'recovered' })
    return tested.client
  }

  it('sends, and waits until the message has arrived', async () => {
    const client = await connected()
    const message = await client.sendMessage({ to: 'bob', text: '你好' })
    expect(message).toMatchObject({ from: 'alice', to: 'bob', text: '你好', status: 'queued' })
    expect(await client.waitForStatus(message.id, 'delivered')).toMatchObject({ id: message.id, status: 'delivered' })
    expect(await client.getRecipients(message.id)).toEqual([
      expect.objectContaining({ agentId: 'bob', status: 'delivered' }),
    ])
  })

  it('carries any value as data, in both directions', async () => {
    const client = await connected()
    const data = { at: new Date(5), map: new Map([['a', 1n]]), none: undefined, list: [Number.NaN], data: { deep: 1 } }
    const got = new Promise<Message>(resolve => client.on('message', resolve))
    const { id } = await client.sendMessage({ to: 'bob', text: 'rich', data })
    await client.waitForStatus(id, 'delivered')
    expect((await bob.client.getConversationHistory({ contactId: 'alice' }))[0]?.data).toEqual(data)
    expect((await client.getConversationHistory({ contactId: 'bob' }))[0]?.data).toEqual(data)
    await bob.client.sendMessage({ to: 'alice', text: 'back', data })
    expect((await got).data).toEqual(data)
  })

  it('tells of what happens', async () => {
    const { client } = tested
    const told: unknown[] = []
    client.on('state', ({ name }) => told.push(name))
    client.on('status', ({ status }: Message) => told.push(status))
    client.on('receipt', ({ delivered }: Receipt) => told.push(['delivered', delivered]))
    client.on('gap', (gaps: ConversationGaps) => told.push(gaps))
    await connected()
    expect(client.state.name).toBe('connected')
    await client.sendMessage({ to: 'bob', text: 'hello' })
    await world.pass(100)
    expect(told.slice(0, 2)).toEqual(['connecting', 'connected'])
    expect(told.slice(2)).toContainEqual(['delivered', 1])
    expect(told.slice(2)).toContainEqual(expect.stringMatching(/^(accepted|delivered)$/))
  })

  it('stops telling whoever does not listen any more', async () => {
    const client = await connected()
    const told: string[] = []
    const off = client.on('message', ({ text }) => told.push(text))
    client.on('message', () => {
      throw new Error('a listener of this program')
    })
    await world.pass() // a view's owner hears of the listener
    await bob.client.sendMessage({ to: 'alice', text: 'one' })
    await world.pass(10)
    off()
    await bob.client.sendMessage({ to: 'alice', text: 'two' })
    await world.pass(10)
    expect(told).toEqual(['one'])
    expect(tested.errors.map(({ code }) => code)).toEqual(['HANDLER_FAILED', 'HANDLER_FAILED'])
  })

  it('edits, reacts, deletes, and finds what was said', async () => {
    const client = await connected()
    const { id } = await client.sendMessage({ to: 'bob', text: 'frist' })
    await client.waitForStatus(id, 'accepted')
    await client.editMessage(id, { text: 'first' })
    await client.react(id, '👍')
    await world.pass(10)
    expect(await client.searchMessages({ text: 'first' })).toEqual([
      expect.objectContaining({ id, text: 'first', reactions: { '👍': ['alice'] } }),
    ])
    await client.react(id, '👍', { removed: true })
    await client.deleteMessage(id)
    await world.pass(10)
    const [message] = await client.getConversationHistory({ contactId: 'bob', limit: 10 })
    expect(message).toMatchObject({ id, text: '', deletedAt: expect.any(String) })
    expect(message?.reactions ?? {}).toEqual({})
  })

  it('keeps contacts, groups and positions', async () => {
    const client = await connected()
    await client.addContact({ contactId: 'bob', name: 'Bob' })
    await client.updateContact('bob', { description: 'a friend' })
    expect(await client.getContact('bob')).toMatchObject({ name: 'Bob', description: 'a friend' })
    await client.removeContact('bob')
    expect(await client.getContact('bob')).toBeUndefined()
    expect(await client.listContacts()).toEqual([])
    const { conversationId } = await client.createGroup({ title: 'team', members: ['bob'] })
    await client.updateGroup(conversationId, { title: 'the team' })
    await bob.client.sendMessage({ to: conversationId, text: 'hi' })
    await world.pass(10)
    expect(await client.stats()).toMatchObject({ agentId: 'alice', unread: 1, state: 'connected' })
    await client.markRead(conversationId)
    expect(await client.listConversations()).toEqual([
      expect.objectContaining({ conversationId, title: 'the team', unreadCount: 0 }),
    ])
  })

  it('gives the same errors', async () => {
    const { client } = tested
    const codeOf = (promise: Promise<unknown>) => promise.catch((error: IMError) => error.code)
    expect(await codeOf(client.sendMessage({ to: 'a\u0000b', text: '' }))).toBe('ID_INVALID')
    expect(await codeOf(client.editMessage('nobody-said-this', { text: '' }))).toBe('MESSAGE_NOT_FOUND')
    expect(await codeOf(client.createGroup({ members: [] }))).toBe('NOT_CONNECTED')
    expect(await codeOf(client.sendMessage({ to: 'bob', text: '', data: () => {} }))).toBe('PAYLOAD_INVALID')
    await expect(client.sendMessage({ to: 'bob', text: 5 } as never)).rejects.toThrow(TypeError)
    await expect(client.sendMessage(undefined as never)).rejects.toThrow(TypeError)
    const late = client.waitForStatus((await client.sendMessage({ to: 'bob', text: '' })).id, 'read', { timeoutMs: 5 })
    const code = codeOf(late)
    await world.pass(10)
    expect(await code).toBe('WAIT_TIMEOUT')
    await client.close()
    expect(client.state.name).toBe('closed')
    expect(await codeOf(client.listContacts())).toBe('CLIENT_CLOSED')
  })

  it('takes an absent argument for the one by default', async () => {
    const client = await connected()
    await bob.client.sendMessage({ to: 'alice', text: 'one' })
    await world.pass(10)
    await client.markRead('bob', undefined)
    expect(await client.stats()).toMatchObject({ unread: 0 })
    expect(await client.getPendingMessages(undefined)).toEqual([])
    expect(await client.claimMessages(undefined)).toEqual([])
    expect(await client.listDeadLetters(undefined)).toEqual([])
    const { id } = await client.sendMessage({ to: 'bob', text: 'two', id: undefined } as never)
    expect(await client.waitForStatus(id, 'delivered', undefined)).toMatchObject({ text: 'two' })
    await expect(client.markRead('bob', null as never)).rejects.toThrow(TypeError)
  })

  it('gives up waiting when its signal says so', async () => {
    const { client } = tested
    const { id } = await client.sendMessage({ to: 'bob', text: 'nobody takes it' })
    const reasons = [new Error('one'), new Error('two'), new Error('three')]
    const [one, two, three] = reasons.map(() => new AbortController())
    const waits = [
      client.waitForStatus(id, 'read', { signal: one?.signal ?? AbortSignal.abort() }),
      client.connect({ signal: two?.signal ?? AbortSignal.abort() }),
      client.ask({ to: 'bob', text: '?', signal: three?.signal ?? AbortSignal.abort() }),
    ].map(wait => wait.catch((error: unknown) => error))
    await world.stopServer()
    for (const [index, abort] of [one, two, three].entries()) abort?.abort(reasons[index])
    expect(await Promise.all(waits)).toEqual(reasons)
    await expect(client.connect({ signal: AbortSignal.abort(reasons[0]) })).rejects.toBe(reasons[0])
  })
})
