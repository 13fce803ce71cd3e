/** The lists under the hooks, for each kind of client. */
import {
  type ConversationSummary,
  IMClientProvider,
  useConnection,
  useContacts,
  useConversations,
  usePendingQueue,
  usePresence,
} from 'im-client/adapters/react'
import { createElement, memo } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KINDS, type Tested } from '../../../support/client-kinds.ts'
import { probe, Screen } from '../../../support/screen.ts'
import { type Inhabitant, World } from '../../../support/world.ts'

export function describeLists(version: string): void {
  describe.each(CLIENT_KINDS)(`Hooks of ${version} with $name`, ({ make }) => {
    let world: World
    let tested: Tested
    let bob: Inhabitant
    let screen: Screen

    const begin = async (options?: Parameters<typeof make>[2]) => {
      tested = await make(world, 'alice', options)
      bob = await world.join('bob')
    }
    const pass = (action: () => unknown = () => {}) =>
      screen.during(async () => {
        await action()
        await world.passSteps(3, 10)
      })
    const show = async <T>(use: () => T) => {
      const hook = probe(use)
      const shown = createElement(IMClientProvider, { client: tested.client }, createElement(hook.Probe))
      await screen.render(shown, () => world.passSteps(3, 10))
      return hook
    }

    beforeEach(async () => {
      world = new World()
      await world.startServer()
      screen = new Screen()
    })
    afterEach(async () => {
      await screen.unmount()
      await world.end()
    })

    it('useConnection follows the connection', async () => {
      await begin()
      const hook = await show(useConnection)
      expect(hook.last()).toEqual({ name: 'disconnected' })
      await pass(() => tested.client.connect())
      expect(hook.last()).toMatchObject({ name: 'connected' })
      await pass(() => world.stopServer())
      expect(hook.last()).toMatchObject({ name: 'waiting' })
      await pass(() => tested.client.close())
      expect(hook.last()).toMatchObject({ name: 'closed' })
    })

    it('useConversations shows each with its last message, the newest first', async () => {
      await begin()
      await tested.client.connect()
      const carol = await world.join('carol')
      await bob.client.sendMessage({ to: 'alice', text: 'from bob' })
      await world.pass(10)
      const hook = await show(useConversations)
      const lines = () => hook.last().conversations.map(one => `${one.conversationId}: ${one.lastMessage?.text}`)
      expect(hook.given[0]).toEqual({ conversations: [], isLoading: true })
      expect(lines()).toEqual(['bob: from bob'])
      await pass(() => carol.client.sendMessage({ to: 'alice', text: 'from carol' }))
      expect(lines()).toEqual(['carol: from carol', 'bob: from bob'])
      await pass(() => tested.client.sendMessage({ to: 'bob', text: 'to bob' }))
      expect(lines()).toEqual(['bob: to bob', 'carol: from carol'])
      expect(hook.last().conversations[0]?.lastMessage).toMatchObject({ status: 'delivered' })
      await pass(() => tested.client.markRead('carol'))
      expect(hook.last().conversations[1]).toMatchObject({ conversationId: 'carol', unreadCount: 0 })
    })

    it('useConversations shows what was begun without a connection, until that is thrown away', async () => {
      await begin()
      const hook = await show(useConversations)
      const lines = () => hook.last().conversations.map(one => `${one.conversationId}: ${one.lastMessage?.status}`)
      await pass(() => tested.client.sendMessage({ to: 'group-of-others', text: 'let me in' }))
      await pass(() => tested.client.sendMessage({ to: 'bob', text: 'hello' }))
      expect(lines()).toEqual(['bob: queued', 'group-of-others: queued'])
      await pass(() => tested.client.connect())
      expect(lines()).toEqual(['bob: delivered', 'group-of-others: undefined'])
      await pass(() => tested.client.purgeDeadLetters())
      expect(lines()).toEqual(['bob: delivered'])
    })

    it('useConversations renders the row that has changed, and no other', async () => {
      await begin()
      await tested.client.connect()
      const carol = await world.join('carol')
      const rows: string[] = []
      const Row = memo(({ one }: { readonly one: ConversationSummary }) => {
        rows.push(one.conversationId)
        return createElement('p', {}, one.lastMessage?.text)
      })
      const List = () =>
        useConversations().conversations.map(one => createElement(Row, { key: one.conversationId, one }))
      await bob.client.sendMessage({ to: 'alice', text: 'one' })
      await carol.client.sendMessage({ to: 'alice', text: 'two' })
      await world.pass(10)
      await screen.render(createElement(IMClientProvider, { client: tested.client }, createElement(List)), () =>
        world.passSteps(3, 10),
      )
      expect(new Set(rows)).toEqual(new Set(['bob', 'carol']))
      rows.length = 0
      await pass(() => bob.client.sendMessage({ to: 'alice', text: 'three' }))
      expect(new Set(rows)).toEqual(new Set(['bob']))
      expect(screen.text).toBe('threetwo')
      rows.length = 0
      await pass(() => tested.client.addContact({ contactId: 'bob' }))
      expect(rows).toEqual([])
    })

    it('useContacts follows the contacts', async () => {
      await begin()
      const hook = await show(useContacts)
      await pass(() => tested.client.addContact({ contactId: 'bob', name: 'Bob' }))
      await pass(() => tested.client.addContact({ contactId: 'carol' }))
      const [first] = hook.last().contacts
      await pass(() => tested.client.updateContact('carol', { name: 'Carol' }))
      expect(hook.last().contacts).toMatchObject([{ name: 'Bob' }, { name: 'Carol' }])
      expect(hook.last().contacts[0]).toBe(first)
      await pass(() => tested.client.removeContact('bob'))
      expect(hook.last()).toMatchObject({ contacts: [{ contactId: 'carol' }], isLoading: false })
    })

    it('usePendingQueue follows the work, and redrives what was given up', async () => {
      await begin({ queue: true })
      await tested.client.connect()
      const hook = await show(usePendingQueue)
      expect(hook.given[0]).toMatchObject({ items: [], deadLetters: [], isLoading: true })
      await pass(() => bob.client.sendMessage({ to: 'alice', text: 'work' }))
      expect(hook.last()).toMatchObject({ items: [{ state: 'waiting', attempts: 0 }], isLoading: false })
      expect(hook.last().stats).toMatchObject({ pending: 1 })
      let claim = (await tested.client.claimMessages())[0]
      await pass()
      expect(hook.last().items).toMatchObject([{ state: 'claimed', attempts: 1, lease: { until: expect.any(String) } }])
      await pass(() => claim?.fail('too hard'))
      expect(hook.last()).toMatchObject({ items: [], deadLetters: [{ kind: 'pending', reason: 'too hard' }] })
      const redriven: number[] = []
      await pass(async () => redriven.push(await hook.last().redrive()))
      expect(redriven).toEqual([1])
      expect(hook.last()).toMatchObject({ items: [{ state: 'waiting' }], deadLetters: [] })
      claim = (await tested.client.claimMessages())[0]
      await pass(() => claim?.complete())
      expect(hook.last().items).toEqual([])
    })

    it('usePresence shows who is online, and nothing without a connection', async () => {
      await begin()
      const hook = await show(() => usePresence(['bob', 'carol']))
      const online = () => [...hook.last()].map(([id, presence]) => `${id} ${presence.online}`).sort()
      expect(online()).toEqual([])
      await pass(() => tested.client.connect())
      expect(online()).toEqual(['bob true', 'carol false'])
      await pass(() => world.join('carol'))
      expect(online()).toEqual(['bob true', 'carol true'])
      await pass(() => bob.client.close())
      expect(online()).toEqual(['bob false', 'carol true'])
      await pass(() => world.stopServer())
      expect(online()).toEqual([])
    })

    it('does not render what reads again and finds nothing new', async () => {
      await begin({ queue: true })
      await tested.client.connect()
      await bob.client.sendMessage({ to: 'alice', text: 'one' })
      await world.pass(10)
      const hook = await show(() => [useConversations(), usePendingQueue(), useContacts()] as const)
      const renders = hook.given.length
      const before = hook.last()
      await pass(() => tested.client.sendMessage({ to: 'bob', text: 'two', id: 'an-id-of-mine' }))
      const after = hook.last()
      expect(hook.given.length).toBeGreaterThan(renders)
      expect(after[1].items).toBe(before[1].items)
      expect(after[1].deadLetters).toBe(before[1].deadLetters)
      expect(after[2]).toBe(before[2])
    })
  })
}
