/** The socket of Node's client, where the runtime is not quite Node. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { webSocketConstructor } from '../../../../adapters/node/websocket.ts'

test('WebSocket: sends also where the runtime does not tell what lies below it, as Bun does not', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const WebSocket = webSocketConstructor()
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, [])
  onTestFinished(() => socket.terminate())
  socket.emit('upgrade', { socket: null }) // what Bun says; what Node says after it is not listened to any more
  const [connection] = await once(server, 'connection')
  const received = once(connection, 'message')
  await once(socket, 'open')
  socket.send('hello')
  const [data] = await received
  expect(String(data)).toBe('hello')
})
