import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../../src/index.ts'
import { failingStorage } from '../../support/failing-storage.ts'
import { settled } from '../../support/manual-clock.ts'
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

async function say(...texts: string[]): Promise<void> {
  for (const text of texts) await alice.client.sendMessage({ to: 'bob', text })
  await world.pass()
}

/** As many messages as the dispatcher reads at once. */
const READ_AHEAD = 64

/** A promise that the test settles. */
function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

test('Dispatcher: messages that came before there was a handler are offered to it, in order', async () => {
  await say('one', 'two')
  const offered: string[] = []
  bob.client.onMessage(({ text }) => void offered.push(text))
  await world.pass()
  await say('three')
  expect(offered).toEqual(['one', 'two', 'three'])
})

test('Dispatcher: one message of a conversation at a time, while other conversations go on', async () => {
  const carol = await world.join('carol')
  const blocked = deferred()
  const log: string[] = []
  bob.client.onMessage(async ({ text }) => {
    log.push(`${text} begins`)
    if (text === 'slow') await blocked.promise
    log.push(`${text} ends`)
  })
  await say('slow', 'behind')
  await carol.client.sendMessage({ to: 'bob', text: 'elsewhere' })
  await world.pass()
  expect(log).toEqual(['slow begins', 'elsewhere begins', 'elsewhere ends'])
  blocked.resolve()
  await world.pass()
  expect(log.slice(3)).toEqual(['slow ends', 'behind begins', 'behind ends'])
})

test('Dispatcher: a handler that throws is offered its message again, and what follows waits', async () => {
  const log: string[] = []
  bob.client.onMessage(({ text }) => {
    log.push(text)
    if (log.length < 3) throw new Error('not yet')
  })
  await say('one', 'two')
  await world.pass(10_000)
  expect(log).toEqual(['one', 'one', 'one', 'two'])
  expect(bob.errors.map(({ code, details }) => [code, details['seq']])).toEqual([
    ['HANDLER_FAILED', 1],
    ['HANDLER_FAILED', 1],
  ])
})

test('Dispatcher: a message that fails too often is set aside, and offered again when a handler is registered anew', async () => {
  const log: string[] = []
  const failing = bob.client.onMessage(({ text }) => {
    log.push(text)
    if (text === 'poison') throw new Error('never')
  })
  await say('poison', 'after')
  await world.pass(100_000)
  expect(log).toEqual([...Array(5).fill('poison'), 'after'])
  failing()
  bob.client.onMessage(({ text }) => void log.push(`again ${text}`))
  await world.pass()
  expect(log.slice(6)).toEqual(['again poison'])
  bob.client.onMessage(({ text }) => void log.push(`third ${text}`))
  await world.pass()
  expect(log.length).toBe(7)
})

test('Dispatcher: a message is offered to every handler, and again to every one where one failed', async () => {
  const log: string[] = []
  bob.client.onMessage(({ text }) => void log.push(`first ${text}`))
  bob.client.onMessage(({ text }) => {
    log.push(`second ${text}`)
    if (log.length === 2) throw new Error('once')
  })
  await say('one')
  await world.pass(10_000)
  expect(log).toEqual(['first one', 'second one', 'first one', 'second one'])
})

test('Dispatcher: an unfinished message is offered again after a restart, a finished one is not', async () => {
  const log: string[] = []
  bob.client.onMessage(({ text }) => {
    log.push(text)
    return text === 'two' ? new Promise(() => {}) : undefined
  })
  await say('one', 'two', 'three')
  const closing = bob.client.close()
  await world.pass(1) // the grace for handlers that run
  await closing
  const again = world.client('bob', {}, bob.disk)
  again.client.onMessage(({ text }) => void log.push(`again ${text}`))
  await again.client.open()
  await world.pass()
  expect(log).toEqual(['one', 'two', 'again two', 'again three'])
})

test('Dispatcher: a handler that was taken back is offered nothing more', async () => {
  const log: string[] = []
  const off = bob.client.onMessage(({ text }) => void log.push(text))
  await say('one')
  off()
  off()
  await say('two')
  expect(log).toEqual(['one'])
})

test('Dispatcher: one’s own messages are offered to nobody', async () => {
  const log: string[] = []
  alice.client.onMessage(({ text }) => void log.push(text))
  await say('one')
  expect(log).toEqual([])
})

test('Dispatcher: the loop over messages counts one as handled when the next is asked for', async () => {
  await say('one', 'two', 'three')
  const seen: string[] = []
  for await (const { text } of bob.client.messages()) {
    seen.push(text)
    if (seen.length === 2) break
  }
  await world.pass()
  const rest: Message[] = []
  bob.client.onMessage(message => void rest.push(message))
  await world.pass(10_000)
  expect(seen).toEqual(['one', 'two'])
  expect(rest.map(({ text }) => text)).toEqual(['two', 'three'])
})

test('Dispatcher: the loop over messages ends when its signal aborts', async () => {
  const stop = new AbortController()
  const seen: string[] = []
  const loop = (async () => {
    for await (const { text } of bob.client.messages({ signal: stop.signal })) seen.push(text)
  })()
  await say('one')
  await settled()
  stop.abort()
  await loop
  expect(seen).toEqual(['one'])
})

test('Dispatcher: a position that cannot be stored while a handler runs is reported, and its message offered again', async () => {
  const storage = failingStorage()
  const carol = await world.join('carol', { storage })
  const blocked = deferred()
  const log: string[] = []
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  for (const text of ['one', 'two']) await alice.client.sendMessage({ to: 'carol', text })
  await world.pass()
  carol.client.onMessage(async ({ text }) => {
    log.push(text)
    if (log.length === 2) await blocked.promise
    await settled()
    if (log.length < 3) storage.failures = 1 // the next write: that this message was handled
  })
  await world.pass()
  blocked.resolve()
  await world.pass(5000)
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
  expect(carol.errors.map(({ code }) => code)).toContain('STORAGE_IO')
  expect(log).toEqual(['one', 'two', 'one', 'two'])
})

test('Dispatcher: an answer that was taken while its conversation was read is offered to nobody', async () => {
  const storage = failingStorage()
  const read = deferred()
  const list = storage.list.bind(storage)
  storage.list = async (prefix, options) => {
    const found = await list(prefix, options)
    if (options?.limit === READ_AHEAD) await read.promise
    return found
  }
  const carol = await world.join('carol', { storage })
  const offered: string[] = []
  bob.client.onMessage((_, { reply }) => void reply('answer'))
  carol.client.onMessage(({ text }) => void offered.push(text))
  const asked = carol.client.ask({ to: 'bob', text: 'question' })
  await world.pass()
  expect(await asked).toMatchObject({ outcome: 'answered' })
  read.resolve()
  await world.pass()
  expect(offered).toEqual([])
})

test('Dispatcher: each handler that runs has a signal of its own, which aborts when the client closes', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const signals: AbortSignal[] = []
  bob.client.onMessage(async (_, { signal }) => {
    signals.push(signal)
    await new Promise(resolve => signal.addEventListener('abort', resolve))
  })
  for (let n = 0; n < 20; n++) {
    const sender = await world.join(`sender-${n}`)
    await sender.client.sendMessage({ to: 'bob', text: 'hello' })
  }
  await world.pass(10)
  expect(new Set(signals).size).toBe(20)
  const closing = bob.client.close()
  await world.pass(10)
  await closing
  process.off('warning', onWarning)
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
  expect(warnings).toEqual([])
})
