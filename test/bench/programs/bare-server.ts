/** A bare `ws` server: at `/echo` each frame comes back, at `/hop` it goes to everybody else there. Says where it listens. */
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
const hop = new Set<WebSocket>()

server.on('connection', (socket, { url }) => {
  if (url === '/echo') socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  if (url !== '/hop') return
  hop.add(socket)
  socket.on('close', () => hop.delete(socket))
  socket.on('message', (data, isBinary) => {
    for (const other of hop) if (other !== socket) other.send(data, { binary: isBinary })
  })
})
server.on('listening', () => process.send?.({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }))
process.once('disconnect', () => process.exit())
