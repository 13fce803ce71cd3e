/** Windows end at any moment of what they do: what was acknowledged is there, and nothing takes effect twice. */
import { setImmediate } from 'node:timers/promises'
import type { IMClient } from 'im-client'
import { describe, expect, it } from 'vitest'
import { AppWorld, until } from '../../../support/app-world.ts'
import type { TestWindow } from '../../../support/electron-bridge.ts'

/** How windows end. After the first there is a document in the same frame, in the others a new window. */
const ENDS: readonly (readonly [string, (window: TestWindow) => void])[] = [
  ['reloads', window => window.reload()],
  ['crashes', window => window.crash()],
  ['is closed', window => window.close()],
]

/** After how many turns of the event loop it ends: somewhere between the first call and the last answer. */
const TURNS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14]

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

async function begin() {
  const app = await AppWorld.start()
  const { client: bob } = await app.world.join('bob')
  const window = app.window()
  const client = app.client(window)
  await client.open()
  const next = (how: string) => app.client(how === 'reloads' ? window : app.window())
  return { app, bob, window, client, next }
}

const textsAt = async (client: IMClient, contactId: string) =>
  (await client.getConversationHistory({ contactId, limit: 100 })).map(({ text }) => text)

describe.each(ENDS)('A window that %s', (how, end) => {
  it('in the midst of sending has lost nothing that was acknowledged, and what it sends again is there once', async () => {
    for (const count of TURNS) {
      const { app, bob, window, client, next } = await begin()
      const acknowledged: string[] = []
      const texts = Array.from({ length: 10 }, (_, at) => `text ${at}`)
      const send = (by: IMClient, text: string) => by.sendMessage({ id: text.replace(' ', '-'), to: 'bob', text })
      for (const text of texts)
        send(client, text).then(
          () => acknowledged.push(text),
          () => {},
        )
      await turns(count)
      app.end(client, () => end(window))
      const before = [...acknowledged]
      await app.world.pass(10)
      expect(await textsAt(bob, 'alice')).toEqual(expect.arrayContaining(before))
      const again = next(how)
      for (const text of texts) await send(again, text)
      await app.world.pass(10)
      expect((await textsAt(bob, 'alice')).sort()).toEqual(texts)
      expect(app.errors).toEqual([])
    }
  })

  it('in the midst of a handler has what it said taken back, and the next handles the message once', async () => {
    for (const count of TURNS) {
      const { app, bob, window, client, next } = await begin()
      const handled: string[] = []
      const handle = (by: IMClient, mark: string) =>
        by.onMessage(async ({ text }, { reply }) => {
          await reply(`${mark}: ${text}`)
          await turns(2)
          handled.push(mark)
        })
      handle(client, 'first')
      await app.world.pass(10)
      await bob.sendMessage({ to: 'alice', text: 'a question' })
      await turns(count)
      app.end(client, () => end(window))
      handle(next(how), 'second')
      await app.world.passSteps(5, 1000)
      const answers = (await textsAt(bob, 'alice')).slice(1)
      expect(answers).toHaveLength(1)
      expect(['first: a question', 'second: a question']).toContain(answers[0])
      if (!handled.includes('first')) expect(answers).toEqual(['second: a question'])
    }
  })

  it('with a claim frees it at once, unless it was to hold over its end', async () => {
    const { app, bob, window, client, next } = await begin()
    for (const text of ['renewed', 'kept']) await bob.sendMessage({ to: 'alice', text })
    await app.world.pass(10)
    const options = { order: 'any', leaseMs: 60_000 } as const
    const [renewed] = await client.claimMessages({ ...options })
    const [kept] = await client.claimMessages({ ...options, renew: false })
    expect([renewed?.message.text, kept?.message.text]).toEqual(['renewed', 'kept'])
    app.end(client, () => end(window))
    await app.world.pass(10)
    const again = next(how)
    const [free, ...others] = await again.claimMessages({ ...options, limit: 5 })
    expect([free?.message.text, free?.attempts, others.length]).toEqual(['renewed', 2, 0])
    await free?.complete('done')
    await (await again.resumeClaim(kept?.token ?? '')).complete('kept its word')
    await app.world.pass(10)
    expect((await textsAt(bob, 'alice')).slice(2).sort()).toEqual(['done', 'kept its word'])
    expect(await again.stats()).toMatchObject({ pending: 0 })
  })

  it('in the midst of its work leaves it to the worker of the next', async () => {
    for (const count of TURNS) {
      const { app, bob, window, client, next } = await begin()
      const work = (by: IMClient) =>
        by.processPending(async ({ text }, { reply }) => {
          await turns(3)
          await reply(`re: ${text}`)
        })
      work(client)
      await app.world.pass(10)
      for (const text of ['one', 'two', 'three']) await bob.sendMessage({ to: 'alice', text })
      await turns(count)
      app.end(client, () => end(window))
      work(next(how))
      await app.world.passSteps(8, 2000)
      const answers = (await textsAt(bob, 'alice')).filter(text => text.startsWith('re: '))
      expect(answers.sort()).toEqual(['re: one', 're: three', 're: two'])
      expect(await app.owner.stats()).toMatchObject({ pending: 0, deadLetters: 0 })
    }
  })
})

describe('A client in a window', () => {
  it('goes on by itself when the main process serves windows anew', async () => {
    const { app, client } = await begin()
    const handled: string[] = []
    client.onMessage(({ text }) => void handled.push(text))
    const states: string[] = []
    client.on('state', ({ name }) => states.push(name))
    app.serveAnew()
    await app.world.passSteps(6, 100)
    expect(await client.stats()).toMatchObject({ state: 'connected' })
    await app.owner.sendMessage({ to: 'bob', text: 'still here' })
    expect(states).toContain('disconnected')
    expect(client.state.name).toBe('connected')
  })

  it('is one of many that see the same', async () => {
    const { app, bob, client } = await begin()
    const clients = [client, ...Array.from({ length: 5 }, () => app.client(app.window()))]
    const heard = clients.map(() => [] as string[])
    for (const [at, one] of clients.entries()) one.on('message', ({ text }) => heard[at]?.push(text))
    await Promise.all(clients.map(one => one.open()))
    await bob.sendMessage({ to: 'alice', text: 'to all windows' })
    await until(() => heard.every(texts => texts.length === 1))
    await app.world.pass(10)
    expect(heard).toEqual(clients.map(() => ['to all windows']))
  })
})
