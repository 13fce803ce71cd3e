import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ServedIM, type ServeOptions, serveIM } from '../../../../adapters/node/index.ts'
import { memoryStorage } from '../../../../src/index.ts'
import { noAuthentication } from '../../../../src/server/index.ts'
import { connectRpc } from '../../../support/rpc-socket.ts'

describe('serveIM', () => {
  const running: ServedIM[] = []
  const serve = async (options: Partial<ServeOptions> = {}) => {
    const served = await serveIM({ storage: memoryStorage(), ...options })
    running.push(served)
    return served
  }
  afterEach(async () => {
    for (const served of running.splice(0)) await served.close()
  })

  it('carries messages over real WebSockets', async () => {
    const { url } = await serve()
    const [{ client: alice }, { client: bob }] = await Promise.all([connectRpc(url), connectRpc(url)])
    await alice.open('爱丽丝')
    await bob.open('bob')
    const sent = { id: 'm1', to: 'bob', text: '你好 \u2028 \u0000 👋', sentAt: '2026-01-01T00:00:00.000Z' }
    expect(await alice.call('message.send', sent)).toMatchObject({ seq: 1 })
    await bob.until(() => bob.events.length === 1)
    expect(bob.events[0]).toMatchObject({ from: '爱丽丝', text: sent.text })
  })

  it('tells its health', async () => {
    const { url } = await serve()
    const response = await fetch(`${url}/health`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok', sessions: 0 }])
    expect((await fetch(`${url}/other`)).status).toBe(404)
  })

  it('gathers no more than a handshake takes before a session is open, be it one frame that never ends', async () => {
    const { url } = await serve({ limits: { handshakeBytes: 1000 } })
    const { client, socket } = await connectRpc(url)
    socket.send('x'.repeat(900), { fin: false })
    socket.send('x'.repeat(900), { fin: false })
    await client.until(() => client.closing !== undefined)
    expect(client.frames).toMatchObject([{ kind: 'error', error: { data: { code: 'PROTOCOL_FRAME_TOO_LARGE' } } }])
    const { client: known } = await connectRpc(url)
    await known.open('alice')
    for (const id of ['m1', 'm2']) {
      await known.call('message.send', { id, to: 'bob', text: 'x'.repeat(900), sentAt: '2026-01-01T00:00:00.000Z' })
    }
    expect(known.closing).toBeUndefined()
  })

  it.each(['//[', '/im/more', '*', '/%E0%A4%A', 'http://other/im'])(
    'refuses an upgrade of %s and goes on',
    async path => {
      const { url } = await serve()
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /)
      socket.resetAndDestroy()
      expect((await fetch(`${url}/health`)).status).toBe(200)
    },
  )

  it('hangs up on whoever was refused and does not hang up itself', async () => {
    const served = await serve()
    const socket = connect({ port: Number(new URL(served.url).port), host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => undefined) // it is cut
    socket.write('GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    await once(socket, 'data')
    await served.close()
    socket.destroy()
  })

  it.each([
    ['rebound.example', 403],
    ['127.0.0.1', 101],
    ['localhost', 101],
    ['[::1]', 101],
  ])('answers a page that reached it on loopback by the name %s with %i', async (name, status) => {
    const { url } = await serve()
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    const head = ['GET /im HTTP/1.1', `Host: ${name}:${port}`, `Origin: http://${name}:${port}`, 'Connection: Upgrade']
    head.push('Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')
    socket.write(`${head.join('\r\n')}\r\nSec-WebSocket-Protocol: im.v1\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `)
    socket.resetAndDestroy()
  })

  it('closes although somebody holds a connection on which nothing was said', async () => {
    const served = await serve()
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const ended = once(socket, 'close')
    await served.close()
    await ended
  })

  it('refuses to listen beyond loopback without authentication, and says what to do', async () => {
    const refusal = /without authentication.*authenticator.*127\.0\.0\.1/
    for (const host of ['0.0.0.0', '::', '', '127.0.0.1.example', '192.168.0.1']) {
      await expect(serve({ host })).rejects.toThrow(refusal)
      await expect(serve({ host, authenticator: noAuthentication })).rejects.toThrow(refusal)
    }
    const { url } = await serve({ host: '127.0.0.1', authenticator: noAuthentication })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })

  it('announces that it goes away, finishes what is under way, and frees port and storage', async () => {
    const storage = memoryStorage()
    const served = await serve({ storage })
    const { client } = await connectRpc(served.url)
    await client.open('alice')
    const sending = client.call('message.send', { id: 'm', to: 'b', text: '', sentAt: '2026-01-01T00:00:00.000Z' })
    await client.until(() => client.frames.length > 0)
    const drained = served.drain({ retryAfterMs: 400 })
    await Promise.allSettled([sending, drained])
    const closing = client.frames.find(frame => frame.kind === 'notification' && frame.method === 'session.closing')
    expect(closing).toMatchObject({ params: { reason: 'draining' } })
    await client.until(() => client.closing !== undefined)
    expect(client.closing?.code).toBe(4001)
    await storage.open()
    await storage.close()
  })
})
