/** Clients and components that come and go. */
import { IMClient, type IMClientEvents, type Listener, memoryDisk, memoryStorage } from 'im-client'
import {
  IMClientProvider,
  useClient,
  useConnection,
  useContacts,
  useConversation,
  useConversations,
} from 'im-client/adapters/react'
import { Component, createElement, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probe, Screen } from '../../../support/screen.ts'
import { World } from '../../../support/world.ts'

/** Counts those who listen to a client, and what is read of it. */
function watched(client: IMClient) {
  const counts = { listeners: 0, reads: 0 }
  const on = client.on.bind(client)
  client.on = <Name extends keyof IMClientEvents>(name: Name, listener: Listener<IMClientEvents[Name]>) => {
    counts.listeners += 1
    const off = on(name, listener)
    return () => {
      counts.listeners -= 1
      off()
    }
  }
  const list = client.listContacts.bind(client)
  client.listContacts = () => {
    counts.reads += 1
    return list()
  }
  return counts
}

export function describeLifetimes(version: string): void {
  describe(`Hooks of ${version}`, () => {
    let world: World
    let screen: Screen
    const pass = (action: () => unknown = () => {}) =>
      screen.during(async () => {
        await action()
        await world.passSteps(3, 10)
      })
    const show = (client: IMClient, ...nodes: ReactNode[]) =>
      screen.render(createElement(IMClientProvider, { client }, ...nodes), () => world.passSteps(3, 10))

    beforeEach(async () => {
      world = new World()
      await world.startServer()
      screen = new Screen()
    })
    afterEach(async () => {
      await screen.unmount()
      await world.end()
    })

    it('read and listen once for all components, and let go with the last', async () => {
      const { client } = world.client('alice')
      const counts = watched(client)
      const [one, two] = [probe(useContacts), probe(useContacts)]
      await show(client, createElement(one.Probe), createElement(two.Probe))
      await pass(() => client.addContact({ contactId: 'bob' }))
      expect(one.last()).toBe(two.last())
      expect(counts).toEqual({ listeners: 1, reads: 2 })
      await show(client, createElement(one.Probe))
      expect(counts.listeners).toBe(1)
      await show(client)
      expect(counts).toEqual({ listeners: 0, reads: 2 })
    })

    it('stand effects that run twice', async () => {
      const strict = new Screen({ isStrict: true })
      const { client } = world.client('alice')
      const counts = watched(client)
      const hook = probe(useContacts)
      await strict.render(createElement(IMClientProvider, { client }, createElement(hook.Probe)), () => world.pass(10))
      await strict.during(async () => {
        await client.addContact({ contactId: 'bob' })
        await world.pass(10)
      })
      expect(hook.last().contacts).toHaveLength(1)
      expect(counts).toEqual({ listeners: 1, reads: 2 })
      await strict.unmount()
      await world.pass()
      expect(counts.listeners).toBe(0)
    })

    it('show the same of one thing in every component of a render', async () => {
      const { client } = world.client('alice')
      const seen: number[][] = []
      const one = probe(() => useContacts().contacts.length)
      const two = probe(() => useContacts().contacts.length)
      const Both = () => {
        const own = useContacts().contacts.length
        queueMicrotask(() => seen.push([own, one.last(), two.last()]))
        return [createElement(one.Probe, { key: 1 }), createElement(two.Probe, { key: 2 })]
      }
      await show(client, createElement(Both))
      for (let index = 0; index < 5; index++) await pass(() => client.addContact({ contactId: `c${index}` }))
      expect(seen.length).toBeGreaterThan(5)
      for (const [own, first, second] of seen) expect([first, second]).toEqual([own, own])
    })

    it('show that a client was closed', async () => {
      const { client } = world.client('alice')
      await client.open()
      const hook = probe(() => ({
        contacts: useContacts(),
        conversation: useConversation('bob'),
        state: useConnection(),
      }))
      await pass(() => client.close())
      await show(client, createElement(hook.Probe))
      expect(hook.last()).toMatchObject({
        contacts: { contacts: [], isLoading: false, error: { code: 'CLIENT_CLOSED' } },
        conversation: { messages: [], isLoading: false, error: { code: 'CLIENT_CLOSED' } },
        state: { name: 'closed' },
      })
      const { send, loadOlder } = hook.last().conversation
      await pass(() => expect(send({ text: 'late' })).rejects.toMatchObject({ code: 'CLIENT_CLOSED' }))
      await pass(() => expect(loadOlder()).resolves.toBeUndefined())
    })

    it('keep what they show where reading fails, and read all of it with the next change', async () => {
      const disk = memoryDisk()
      let isFailing = false
      const storage = memoryStorage(disk)
      const list = storage.list.bind(storage)
      storage.list = async (...args) => {
        if (isFailing) throw new (await import('im-client')).IMError('STORAGE_IO', 'The disk is away.')
        return list(...args)
      }
      const { client } = world.client('alice', { storage })
      const hook = probe(useContacts)
      await show(client, createElement(hook.Probe))
      await pass(() => client.addContact({ contactId: 'bob' }))
      isFailing = true
      await pass(() => client.addContact({ contactId: 'carol' }))
      expect(hook.last()).toMatchObject({ contacts: [{ contactId: 'bob' }], error: { code: 'STORAGE_IO' } })
      isFailing = false
      await pass(() => client.addContact({ contactId: 'dave' }))
      expect(hook.last()).toMatchObject({ contacts: [{}, {}, {}], error: undefined })
    })

    it('go over to another client, and show nothing of the former', async () => {
      const former = world.client('alice')
      const next = world.client('bob')
      await former.client.addContact({ contactId: 'of-alice' })
      await next.client.addContact({ contactId: 'of-bob' })
      const seen: string[] = []
      const hook = probe(() => {
        const [{ contacts }, client] = [useContacts(), useClient()]
        for (const { contactId } of contacts) seen.push(`${client === next.client ? 'bob' : 'alice'} ${contactId}`)
      })
      const counts = watched(former.client)
      await show(former.client, createElement(hook.Probe))
      await show(next.client, createElement(hook.Probe))
      await pass(() => former.client.addContact({ contactId: 'late' }))
      expect(new Set(seen)).toEqual(new Set(['alice of-alice', 'bob of-bob']))
      expect(counts.listeners).toBe(0)
    })

    it('go on when a view takes the place of its owner, and miss nothing of what was written between', async () => {
      const disk = memoryDisk()
      const bob = await world.join('bob')
      const owner = await world.join('alice', {}, disk)
      const view = await world.join('alice', { attach: true }, disk)
      const hook = probe(() => ({ view: useConversation('bob'), all: useConversations(), state: useConnection() }))
      await show(view.client, createElement(hook.Probe))
      await pass(() => bob.client.sendMessage({ to: 'alice', text: 'one' }))
      const [first] = hook.last().view.messages
      await pass(async () => {
        const closing = owner.client.close()
        await bob.client.sendMessage({ to: 'alice', text: 'two' })
        await world.passSteps(10, 100)
        await closing
      })
      await pass(() => bob.client.sendMessage({ to: 'alice', text: 'three' }))
      expect(hook.last().view.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
      expect(hook.last().view.messages[0]).toBe(first)
      expect(hook.last().all.conversations[0]?.lastMessage?.text).toBe('three')
      expect(hook.last().state.name).toBe('connected')
    })

    it('show pages that were asked for at once in their order, whatever arrives meanwhile', async () => {
      const storage = memoryStorage()
      const list = storage.list.bind(storage)
      let delay = 0
      storage.list = async (prefix, options) => {
        if (prefix[0] === 'events' && delay > 0)
          await new Promise<void>(resolve => world.clock.schedule(resolve, delay))
        return list(prefix, options)
      }
      const { client } = await world.join('alice', { storage })
      const bob = await world.join('bob')
      for (let index = 0; index < 160; index++) await bob.client.sendMessage({ to: 'alice', text: `${index}` })
      await world.passSteps(20, 100)
      const hook = probe(() => useConversation('bob'))
      await show(client, createElement(hook.Probe))
      delay = 50
      await pass(async () => {
        void hook.last().loadOlder()
        void bob.client.sendMessage({ to: 'alice', text: '160' })
        await world.pass(20)
        delay = 5
        void bob.client.sendMessage({ to: 'alice', text: '161' })
        void hook.last().loadOlder()
        await world.passSteps(30, 20)
      })
      const seqs = hook.last().messages.map(({ seq }) => seq)
      expect(seqs).toEqual(Array.from({ length: 152 }, (_, index) => index + 11))
    })

    it('render on a server what is shown before anything was read', () => {
      const client = new IMClient({ storage: memoryStorage(), agentId: 'alice' })
      const Page = () =>
        `${useConversations().isLoading} ${useConversation('bob').messages.length} ${useConnection().name}`
      expect(renderToString(createElement(IMClientProvider, { client }, createElement(Page)))).toBe(
        'true 0 disconnected',
      )
    })

    it('say that there is no client above them', async () => {
      const caught: string[] = []
      class Boundary extends Component<{ readonly children: ReactNode }> {
        override state = { isBroken: false }
        static getDerivedStateFromError() {
          return { isBroken: true }
        }
        override componentDidCatch(error: Error) {
          caught.push(error.message)
        }
        override render() {
          return this.state.isBroken ? null : this.props.children
        }
      }
      const { error } = console
      console.error = () => {}
      await screen.render(createElement(Boundary, undefined, createElement(probe(useContacts).Probe)))
      console.error = error
      expect(caught).toEqual([expect.stringContaining('<IMClientProvider')])
    })
  })
}
