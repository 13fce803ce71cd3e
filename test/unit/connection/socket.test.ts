/** The wire itself, over `ws` against `ws`: partysocket as it really behaves. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openWebSocket, type Socket } from '../../../src/connection/socket.ts'

const TIMEOUT_MS = 5000

/** A socket and what it reports, in order. */
function opened(url: string, connectTimeoutMs = TIMEOUT_MS) {
  const log: unknown[] = []
  let tell = () => {}
  const socket: Socket = openWebSocket(
    url,
    {
      onOpen: () => report('open'),
      onText: text => report(text),
      onClose: ({ code, reason }) => report([code, reason]),
    },
    connectTimeoutMs,
  )
  onTestFinished(() => socket.close(1000, ''))
  const report = (fact: unknown) => {
    log.push(fact)
    tell()
  }
  /** Resolves when so much was reported. */
  const reported = async (count: number) => {
    while (log.length < count) {
      await new Promise<void>(resolve => {
        tell = resolve
      })
    }
  }
  return { socket, log, reported }
}

async function serve() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, 'listening')
  const connection: Promise<[WebSocket]> = once(server, 'connection') as Promise<[WebSocket]>
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/im`,
    connection: connection.then(([ws]) => ws),
  }
}

async function listen(server: TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/im`
}

test('Socket: tells everything once, also where a runtime gives events to property handlers by itself', async () => {
  const dispatch = EventTarget.prototype.dispatchEvent
  vi.spyOn(EventTarget.prototype, 'dispatchEvent').mockImplementation(function (this: EventTarget, event) {
    const handler: unknown = Reflect.get(this, `on${event.type}`) // as workerd does for every EventTarget
    if (typeof handler === 'function') handler.call(this, event)
    return dispatch.call(this, event)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const { url, connection } = await serve()
  const { log, reported } = opened(url)
  const other = await connection
  other.send('one')
  other.send('two')
  other.close(4000, 'enough')
  await reported(4)
  expect(log).toEqual(['open', 'one', 'two', [4000, 'enough']])
})

test('Socket: opens with the subprotocol, carries texts in order, and reports the other end’s close once', async () => {
  const { url, connection } = await serve()
  const { socket, log, reported } = opened(url)
  const peer = await connection
  expect(peer.protocol).toBe('im.v1')
  await reported(1)
  const received: string[] = []
  peer.on('message', data => received.push(String(data)))
  for (const text of ['1', '二', '3']) socket.send(text)
  peer.send('a')
  peer.send('乙')
  await reported(3)
  peer.close(4001, 'draining')
  await reported(4)
  expect(received).toEqual(['1', '二', '3'])
  expect(log).toEqual(['open', 'a', '乙', [4001, 'draining']])
})

test('Socket: what is sent before it is open is not sent later', async () => {
  const { url, connection } = await serve()
  const { socket, reported } = opened(url)
  socket.send('too early')
  const peer = await connection
  const first = once(peer, 'message')
  await reported(1)
  socket.send('in time')
  expect(String((await first)[0])).toBe('in time')
})

test('Socket: a refused attempt is one close, with its reason, and no second attempt', async () => {
  const server = createServer()
  const url = await listen(server)
  server.close()
  await once(server, 'close')
  const { log, reported } = opened(url)
  await reported(1)
  expect(log).toEqual([[1006, expect.stringContaining('ECONNREFUSED')]])
})

test('Socket: an endpoint that is no WebSocket is one close', async () => {
  const server = createServer(socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
  onTestFinished(() => void server.close())
  const { log, reported } = opened(await listen(server))
  await reported(1)
  expect(log).toEqual([[1006, expect.stringContaining('404')]])
})

test('Socket: an attempt that nobody answers is given up in time', async () => {
  const server = createServer(socket => onTestFinished(() => void socket.destroy()))
  onTestFinished(() => void server.close())
  const { log, reported } = opened(await listen(server), 50)
  await reported(1)
  expect(log).toEqual([[1006, expect.any(String)]])
})

test('Socket: a connection that is cut is one close', async () => {
  const { url, connection } = await serve()
  const { log, reported } = opened(url)
  await reported(1)
  ;(await connection).terminate()
  await reported(2)
  expect(log).toEqual(['open', [1006, expect.any(String)]])
})

test('Socket: closed from this side it reports nothing, and what does not answer is cut', async () => {
  const { url, connection } = await serve()
  const { socket, log, reported } = opened(url)
  await reported(1)
  const peer = await connection
  peer.pause() // never sees the close, so never answers it
  const cut = once(peer, 'close')
  socket.close(1000, '')
  socket.send('too late')
  peer.resume()
  await cut
  expect(log).toEqual(['open'])
})
