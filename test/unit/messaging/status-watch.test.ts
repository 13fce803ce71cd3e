import { expect, test } from 'vitest'
import { StatusWatch } from '../../../src/messaging/status-watch.ts'
import type { Message, MessageStatus } from '../../../src/model/message.ts'
import { ManualClock } from '../../support/manual-clock.ts'

/** A watch over messages that a test moves, and how often they were looked for. */
function watched(...ids: string[]) {
  const messages = new Map<string, Message>()
  const put = (id: string, status: MessageStatus) => {
    const sent = { id, conversationId: 'bob', from: 'alice', to: 'bob', text: '', sentAt: '2026-01-01T00:00:00.000Z' }
    messages.set(id, { ...sent, status })
    return { ...sent, status }
  }
  for (const id of ids) put(id, 'queued')
  const clock = new ManualClock(0)
  const looks: string[] = []
  const watch = new StatusWatch(clock, {
    isQueued: id => messages.get(id)?.status === 'queued',
    find: async id => {
      looks.push(id)
      return messages.get(id)
    },
  })
  return { watch, put, looks, clock }
}

const codeOf = (wait: Promise<Message>) =>
  wait.then(
    () => 'resolved',
    (error: { code?: string }) => error.code ?? error,
  )

test('StatusWatch: a wait resolves with the message that news bring, without looking for it', async () => {
  const { watch, put, looks } = watched('m1')
  const wait = watch.wait('m1', 'accepted', {})
  const accepted = put('m1', 'accepted')
  watch.settled('m1', async () => accepted)
  await expect(wait).resolves.toBe(accepted)
  expect(looks).toEqual([])
})

test('StatusWatch: news wake only those whom they concern', async () => {
  const { watch, put, looks } = watched('m1', 'm2')
  put('m2', 'accepted')
  const first = watch.wait('m1', 'accepted', {})
  const second = watch.wait('m2', 'delivered', {})
  put('m1', 'accepted')
  watch.settled('m1')
  await first
  expect(looks.filter(id => id === 'm2')).toHaveLength(1)
  put('m2', 'delivered')
  watch.advanced()
  await expect(second).resolves.toMatchObject({ status: 'delivered' })
})

test('StatusWatch: a receipt may bring a failure or an expiry that is waited for', async () => {
  const { watch, put } = watched('m1', 'm2')
  for (const id of ['m1', 'm2']) put(id, 'delivered')
  const waits = [watch.wait('m1', 'failed', {}), watch.wait('m2', 'expired', {})]
  put('m1', 'failed')
  put('m2', 'expired')
  watch.advanced()
  expect((await Promise.all(waits)).map(({ status }) => status)).toEqual(['failed', 'expired'])
})

test('StatusWatch: a message that has come further already is looked for once', async () => {
  const { watch, put, looks } = watched('m1')
  put('m1', 'read')
  await watch.wait('m1', 'delivered', {})
  expect(looks).toEqual(['m1'])
})

test('StatusWatch: what waits in the outbox is not looked for, unless that is what is asked', async () => {
  const { watch, put, looks } = watched('m1')
  await expect(watch.wait('m1', 'queued', {})).resolves.toMatchObject({ status: 'queued' })
  expect(looks).toEqual(['m1'])
  const wait = watch.wait('m1', 'accepted', {})
  await Promise.resolve()
  put('m1', 'accepted')
  watch.settled('m1')
  await expect(wait).resolves.toMatchObject({ status: 'accepted' })
  expect(looks).toEqual(['m1', 'm1'])
})

test('StatusWatch: a wait gives up at its time limit, at its signal and at the end of the client', async () => {
  const { watch, clock } = watched('m1')
  const late = codeOf(watch.wait('m1', 'accepted', { timeoutMs: 50 }))
  const abort = new AbortController()
  const cancelled = codeOf(watch.wait('m1', 'accepted', { signal: abort.signal }))
  const open = codeOf(watch.wait('m1', 'accepted', {}))
  abort.abort('enough')
  await expect(cancelled).resolves.toBe('enough')
  await expect(codeOf(watch.wait('m1', 'accepted', { signal: abort.signal }))).resolves.toBe('enough')
  await clock.advance(50)
  await expect(late).resolves.toBe('WAIT_TIMEOUT')
  watch.close()
  await expect(open).resolves.toBe('CLIENT_CLOSED')
})

test('StatusWatch: a reason to give up that comes with other news is not lost', async () => {
  const { watch } = watched('m1')
  const wait = codeOf(watch.wait('m1', 'accepted', {}))
  watch.settled('m1')
  watch.close()
  await expect(wait).resolves.toBe('CLIENT_CLOSED')
})

test('StatusWatch: an unknown message rejects the wait', async () => {
  const { watch } = watched()
  await expect(codeOf(watch.wait('m1', 'accepted', {}))).resolves.toBe('MESSAGE_NOT_FOUND')
})
