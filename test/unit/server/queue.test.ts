import { describe, expect, it } from 'vitest'
import type { IMError } from '../../../src/index.ts'
import { messageTo, startTestServer } from '../../support/test-server.ts'

/** A server with a sender and a recipient. */
async function sendingToBob() {
  const server = await startTestServer()
  const { client: alice } = await server.join('alice')
  const bob = await server.join('bob')
  const pause = (id: string) =>
    alice.call('message.send', messageTo('bob', id)).then(
      () => 'accepted',
      ({ code, retryable, retryAfterMs }: IMError) => [code, retryable, retryAfterMs],
    )
  return { ...server, alice, bob, pause }
}

describe('A recipient whose queue is full', () => {
  it('has its senders come back later, until it says otherwise', async () => {
    const { bob, pause } = await sendingToBob()
    expect(await bob.client.call('queue.update', { full: true })).toEqual({})
    expect(await pause('m1')).toEqual(['QUEUE_FULL', true, 2000])
    await bob.client.call('queue.update', { full: true, retryAfterMs: 500 })
    expect(await pause('m1')).toEqual(['QUEUE_FULL', true, 500])
    await bob.client.call('queue.update', { full: true, retryAfterMs: 3_600_000 })
    expect(await pause('m1')).toEqual(['QUEUE_FULL', true, 60_000])
    await bob.client.call('queue.update', { full: false, retryAfterMs: 500 })
    expect(await pause('m1')).toBe('accepted')
  })

  it('leaves nothing of what was refused behind, not even the conversation', async () => {
    const { alice, bob, pause } = await sendingToBob()
    await bob.client.call('queue.update', { full: true })
    await pause('m1')
    expect(await alice.call('conversation.list')).toEqual({ conversations: [] })
    await bob.client.call('queue.update', { full: false })
    expect(await alice.call('message.send', messageTo('bob', 'm1'))).toMatchObject({ seq: 1, duplicate: false })
  })

  it('does not change the answer to what was accepted before', async () => {
    const { alice, bob } = await sendingToBob()
    const first = await alice.call('message.send', messageTo('bob', 'm1'))
    await bob.client.call('queue.update', { full: true })
    expect(await alice.call('message.send', messageTo('bob', 'm1'))).toEqual({ ...first, duplicate: true })
    expect(await alice.refusal('message.send', messageTo('bob', 'm2', { after: 'm1' }))).toBe('QUEUE_FULL')
  })

  it('refuses what follows a refused message with it, whatever it says meanwhile', async () => {
    const { alice, bob } = await sendingToBob()
    await bob.client.call('queue.update', { full: true })
    const first = alice.refusal('message.send', messageTo('bob', 'm1'))
    expect(await first).toBe('QUEUE_FULL')
    await bob.client.call('queue.update', { full: false })
    expect(await alice.refusal('message.send', messageTo('bob', 'm2', { after: 'm1' }))).toBe('MESSAGE_OUT_OF_ORDER')
  })

  it('holds back neither groups, nor messages to itself or to others, nor changes to what was accepted', async () => {
    const { alice, bob, join } = await sendingToBob()
    const { client: carol } = await join('carol')
    await alice.call('message.send', messageTo('bob', 'm1'))
    const { conversationId: group } = await alice.call('group.create', { id: 'g', members: ['bob'] })
    await bob.client.call('queue.update', { full: true })
    await alice.call('message.send', messageTo(group, 'm2'))
    await alice.call('message.send', messageTo('carol', 'm3'))
    await bob.client.call('message.send', messageTo('bob', 'm4'))
    await bob.client.call('message.send', messageTo('alice', 'm5'))
    await alice.call('message.edit', { id: 'e1', conversationId: 'bob', target: 'm1', text: 'new' })
    expect(await carol.refusal('message.send', messageTo('bob', 'm6'))).toBe('QUEUE_FULL')
  })

  it('is full while any of its sessions says so, and no longer than that session', async () => {
    const { bob, join, pause } = await sendingToBob()
    const other = await join('bob', { deviceId: 'other' })
    await bob.client.call('queue.update', { full: true, retryAfterMs: 100 })
    await other.client.call('queue.update', { full: true, retryAfterMs: 300 })
    expect(await pause('m1')).toEqual(['QUEUE_FULL', true, 300])
    await other.client.call('queue.update', { full: false })
    expect(await pause('m1')).toEqual(['QUEUE_FULL', true, 100])
    bob.cut()
    expect(await pause('m1')).toBe('accepted')
    const again = await join('bob')
    await again.client.call('queue.update', { full: true })
    await join('bob') // the same device
    expect(await pause('m2')).toBe('accepted')
  })

  it('has to say it rightly, on an open session', async () => {
    const { bob, connect } = await sendingToBob()
    for (const params of [{}, { full: 'yes' }, { full: true, retryAfterMs: -1 }, { full: true, retryAfterMs: 0.5 }]) {
      expect(await bob.client.refusal('queue.update', params)).toBe('PROTOCOL_PARAMS_INVALID')
    }
    expect(await connect().client.refusal('queue.update', { full: true })).toBe('PROTOCOL_SESSION_REQUIRED')
  })
})
