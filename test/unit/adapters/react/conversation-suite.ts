/** One conversation under the hooks, for each kind of client. */
import { Importer, type Message, memoryDisk, memoryStorage } from 'im-client'
import { IMClientProvider, useConversation } from 'im-client/adapters/react'
import { createElement } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KINDS, type Tested } from '../../../support/client-kinds.ts'
import { probe, Screen } from '../../../support/screen.ts'
import { type Inhabitant, World } from '../../../support/world.ts'

export function describeConversation(version: string): void {
  describe.each(CLIENT_KINDS)(`useConversation of ${version} with $name`, ({ make }) => {
    let world: World
    let tested: Tested
    let bob: Inhabitant
    let screen: Screen
    const view = probe(() => useConversation('bob'))
    const texts = () => view.last().messages.map(({ text }) => text)
    const pass = (action: () => unknown = () => {}) =>
      screen.during(async () => {
        await action()
        await world.passSteps(3, 10)
      })
    const show = () =>
      screen.render(createElement(IMClientProvider, { client: tested.client }, createElement(view.Probe)), () =>
        world.passSteps(3, 10),
      )
    const say = (text: string) => bob.client.sendMessage({ to: 'alice', text })
    const send = (text: string) => view.last().send({ text })

    beforeEach(async () => {
      world = new World()
      await world.startServer()
      tested = await make(world, 'alice')
      bob = await world.join('bob')
      await tested.client.connect()
      screen = new Screen()
      view.given.length = 0
    })
    afterEach(async () => {
      await screen.unmount()
      await world.end()
    })

    it('shows what is there, then what comes, each message once', async () => {
      await say('one')
      await world.pass(10)
      await show()
      expect(view.given[0]).toMatchObject({ isLoading: true, messages: [], hasOlder: false })
      expect(view.last()).toMatchObject({ isLoading: false, hasOlder: false, hasNewer: false, error: undefined })
      expect(texts()).toEqual(['one'])
      await pass(() => say('two'))
      await pass(() => say('three'))
      expect(texts()).toEqual(['one', 'two', 'three'])
      expect(view.last().conversation).toMatchObject({ conversationId: 'bob', unreadCount: 3 })
    })

    it('shows what is sent when it is queued, and how far it has come', async () => {
      await show()
      const statuses = () => view.given.flatMap(({ messages }) => messages.map(({ status }) => status))
      await world.stopServer()
      await pass(() => send('hello'))
      expect(statuses().at(-1)).toBe('queued')
      await world.startServer()
      await pass(() => world.passSteps(4, 1000))
      await pass(() => bob.client.markRead('alice'))
      expect(statuses().at(-1)).toBe('read')
      const ladder = ['queued', 'accepted', 'delivered', 'read']
      const heights = statuses().map(status => ladder.indexOf(status))
      expect(heights).toEqual([...heights].sort((a, b) => a - b))
      expect(texts()).toEqual(['hello'])
    })

    it('keeps the messages, and their list, of which nothing has changed', async () => {
      await show()
      await pass(() => send('one'))
      await pass(() => say('two'))
      const before = view.last().messages
      const renders = view.given.length
      await pass(() => tested.client.addContact({ contactId: 'bob' }))
      await pass(() => bob.client.sendMessage({ to: 'carol', text: 'of others' }))
      await pass(() => tested.client.sendMessage({ to: 'carol', text: 'elsewhere' }))
      expect(view.given).toHaveLength(renders)
      await pass(() => say('three'))
      const after = view.last().messages
      expect(after.slice(0, 2)).toEqual(before)
      expect(after[0]).toBe(before[0])
      expect(after[1]).toBe(before[1])
      await pass(() => tested.client.editMessage((before[0] as Message).id, { text: 'ONE' }))
      expect(texts()).toEqual(['ONE', 'two', 'three'])
      expect(view.last().messages[1]).toBe(after[1])
      const list = view.last().messages
      await pass(() => tested.client.markRead('bob', 2))
      expect(view.last().conversation?.unreadCount).toBe(1)
      expect(view.last().messages[2]).toBe(list[2])
    })

    it('shows edits, reactions and deletions of others', async () => {
      await show()
      await pass(() => say('frist'))
      const [{ id } = { id: '' }] = view.last().messages
      await pass(() => bob.client.editMessage(id, { text: 'first' }))
      expect(texts()).toEqual(['first'])
      await pass(() => bob.client.react(id, '👍'))
      expect(view.last().messages[0]?.reactions).toEqual({ '👍': ['bob'] })
      await pass(() => bob.client.deleteMessage(id))
      expect(view.last().messages[0]).toMatchObject({ text: '', deletedAt: expect.any(String) })
    })

    it('shows that a message was deleted which had nothing but data', async () => {
      await show()
      await pass(() => bob.client.sendMessage({ to: 'alice', text: '', data: { secret: 1 } }))
      const [{ id, data } = { id: '', data: undefined }] = view.last().messages
      expect(data).toEqual({ secret: 1 })
      await pass(() => bob.client.deleteMessage(id))
      expect(view.last().messages[0]).toMatchObject({ deletedAt: expect.any(String) })
      expect(view.last().messages[0]).not.toHaveProperty('data')
    })

    it('shows all that waits to be sent, however much it is', async () => {
      await show()
      await pass(() => say('one'))
      await world.stopServer()
      const waiting = Array.from({ length: 250 }, (_, index) => `${index}`)
      await pass(() => Promise.all(waiting.map(text => tested.client.sendMessage({ to: 'bob', text }))))
      expect(texts()).toEqual(['one', ...waiting])
    })

    it('shows what was refused where it was said, until it is sent again or thrown away', async () => {
      const group = probe(() => useConversation('group-of-others'))
      await screen.render(createElement(IMClientProvider, { client: tested.client }, createElement(group.Probe)), () =>
        world.passSteps(3, 10),
      )
      await pass(() => group.last().send({ text: 'let me in' }))
      expect(group.last().messages).toMatchObject([{ text: 'let me in', status: 'failed' }])
      await pass(() => tested.client.purgeDeadLetters())
      expect(group.last().messages).toEqual([])
    })

    it('lets its functions stay the same', async () => {
      await show()
      const { send: before, loadOlder } = view.last()
      await pass(() => say('one'))
      expect(view.last().send).toBe(before)
      expect(view.last().loadOlder).toBe(loadOlder)
    })

    it('shows nothing of a conversation under the name of another', async () => {
      const ids: string[] = []
      const Both = ({ id }: { readonly id: string }) => {
        const { messages, isLoading } = useConversation(id)
        for (const { conversationId } of messages) ids.push(`${id} ${conversationId}`)
        if (isLoading) ids.push(`${id} loading`)
        return null
      }
      const carol = await world.join('carol')
      await say('one')
      await carol.client.sendMessage({ to: 'alice', text: 'two' })
      await world.pass(10)
      for (const id of ['bob', 'carol', 'bob'])
        await screen.render(
          createElement(IMClientProvider, { client: tested.client }, createElement(Both, { id })),
          () => world.passSteps(3, 10),
        )
      expect(new Set(ids)).toEqual(new Set(['bob loading', 'bob bob', 'carol loading', 'carol carol']))
    })

    it('follows a burst without reading the window anew for each message', async () => {
      await show()
      let read = 0
      const history = tested.client.getConversationHistory.bind(tested.client)
      tested.client.getConversationHistory = async query => {
        const page = await history(query)
        read += page.length
        return page
      }
      await pass(async () => {
        for (let index = 0; index < 300; index++) await say(`${index}`)
        await world.passSteps(20, 100)
      })
      expect(texts()).toEqual(Array.from({ length: 300 }, (_, index) => `${index}`))
      expect({ read }).toEqual({ read: expect.closeTo(300, -3) })
    })
  })
}

/** A window over a long conversation. */
export function describeWindow(version: string): void {
  describe(`The window of useConversation of ${version}`, () => {
    const COUNT = 3000

    const long = async (world: World) => {
      const disk = memoryDisk()
      const importer = new Importer(memoryStorage(disk), { agentId: 'alice' })
      await importer.open()
      const at = (index: number) => new Date(Date.parse('2025-01-01T00:00:00.000Z') + index * 1000).toISOString()
      const messages = Array.from({ length: COUNT }, (_, index) => ({
        id: `m${index}`,
        conversationId: 'old',
        from: index % 2 ? 'bob' : 'alice',
        text: `${index}`,
        at: at(index),
      }))
      await importer.add(messages)
      await importer.close()
      return world.client('alice', {}, disk).client
    }

    it('moves over all of it, and is never larger than it may be', async () => {
      const world = new World()
      const client = await long(world)
      const screen = new Screen()
      const view = probe(() => useConversation('old'))
      const range = () => [view.last().messages.at(0)?.text, view.last().messages.at(-1)?.text]
      await screen.render(createElement(IMClientProvider, { client }, createElement(view.Probe)), () => world.pass(10))
      expect(range()).toEqual(['2950', '2999'])
      for (let pages = 0; view.last().hasOlder && pages < 100; pages++) {
        await screen.during(() => view.last().loadOlder())
        const { messages } = view.last()
        expect(messages.length).toBeLessThanOrEqual(1000)
        expect(Number(messages.at(-1)?.text) - Number(messages[0]?.text)).toBe(messages.length - 1)
      }
      expect(range()).toEqual(['0', '999'])
      expect(view.last()).toMatchObject({ hasOlder: false, hasNewer: true })
      const [first] = view.last().messages
      await screen.during(() => view.last().loadNewer())
      expect(range()).toEqual(['50', '1049'])
      expect(view.last()).toMatchObject({ hasOlder: true, hasNewer: true })
      await screen.during(() => view.last().loadOlder())
      expect(view.last().messages[0]).toEqual(first)
      await screen.during(async () => {
        await view.last().send({ text: 'and now' })
        await world.pass(10)
      })
      expect(range()).toEqual(['2950', 'and now'])
      expect(view.last()).toMatchObject({ hasOlder: true, hasNewer: false })
      await screen.unmount()
      await world.end()
    })

    it('reaches the end again page by page', async () => {
      const world = new World()
      const client = await long(world)
      const screen = new Screen()
      const view = probe(() => useConversation('old'))
      await screen.render(createElement(IMClientProvider, { client }, createElement(view.Probe)), () => world.pass(10))
      const load = (name: 'loadOlder' | 'loadNewer', times: number) =>
        screen.during(() => Promise.all(Array.from({ length: times }, () => view.last()[name]())))
      await load('loadOlder', 30)
      expect(view.last()).toMatchObject({ hasNewer: true })
      await load('loadNewer', 30)
      expect(view.last()).toMatchObject({ hasOlder: true, hasNewer: false })
      expect(view.last().messages.at(-1)?.text).toBe('2999')
      await screen.unmount()
      await world.end()
    })
  })
}
