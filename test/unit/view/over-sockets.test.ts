/** Owner and view over the sockets of a real workspace folder. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function ownerAndView() {
  const path = await temporaryFolder()
  const clients = [false, true].map(attach => new IMClient({ storage: fsStorage(path), agentId: 'alice', attach }))
  const [owner, view] = clients as [IMClient, IMClient]
  onTestFinished(async () => void (await Promise.all([view.close(), owner.close()])))
  await owner.listContacts()
  await view.open()
  return { owner, view, socket: join(path, 'im_client', 'owner.sock') }
}

it('A view may send any amount at once, and be given any amount', async () => {
  const { owner, view } = await ownerAndView()
  const states: string[] = []
  view.on('state', ({ name }) => states.push(name))
  const text = 'x'.repeat(1_000_000)
  await Promise.all(Array.from({ length: 24 }, () => view.sendMessage({ to: 'bob', text })))
  const history = view.getConversationHistory({ contactId: 'bob', limit: 100 })
  const others = Array.from({ length: 20 }, () => view.stats())
  expect(await history).toHaveLength(24)
  await Promise.all(others)
  expect(await owner.stats()).toMatchObject({ outbox: 24 })
  expect(states).toEqual([])
})

const call = (method: string, params: unknown, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params })
const attach = call('attach', { version: 1, agentId: 'alice' })

it.each([
  ['half a line', '{"jsonrpc"'],
  ['no JSON', 'GET / HTTP/1.1\r\n\r\n'],
  ['no text', Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0a])],
  ['empty lines', '\n\n\n'],
  ['calls before it attaches', `${call('call', { id: 1, name: 'stats', args: [] })}\n`],
  ['another version', `${call('attach', { version: 99, agentId: null })}\n`],
  ['nothing as parameters', `${attach}\n${call('call', null)}\n${call('abort', null)}\n${call('subscribe', [])}\n`],
  ['names of what every object has', `${attach}\n${call('__proto__', {})}\n${call('constructor', {})}\n`],
  ['methods that are none', `${attach}\n${call('call', { id: 1, name: '__proto__', args: [] })}\n`],
  ['arguments that are none', `${attach}\n${call('call', { id: 1, name: 'ask', args: 'x' })}\n`],
  ['a handler twice that nobody runs', `${attach}\n${call('handle', { id: 1 })}\n${call('handle', { id: 1 })}\n`],
  ['a worker of no options', `${attach}\n${call('work', { id: 1 })}\n`],
  ['answers to nothing', `${attach}\n{"jsonrpc":"2.0","id":1,"result":null}\n{"jsonrpc":"2.0","id":null,"error":{}}\n`],
  ['depth', `${attach}\n${call('call', 0).replace('0}', `${'['.repeat(100_000)}${']'.repeat(100_000)}}`)}\n`],
])('An owner is not disturbed by %s on its socket', async (_, bytes) => {
  const { owner, view, socket } = await ownerAndView()
  const errors: unknown[] = []
  owner.on('error', error => errors.push(error))
  const hostile = connect(socket)
  await once(hostile, 'connect')
  hostile.on('error', () => {}).resume()
  hostile.write(bytes)
  await new Promise(resolve => setTimeout(resolve, 50))
  hostile.destroy()
  await view.sendMessage({ to: 'bob', text: 'all is well' })
  expect(await owner.stats()).toMatchObject({ outbox: 1 })
  expect(errors).toEqual([])
})
