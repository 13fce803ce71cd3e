/** A bare JSON-RPC client over a real WebSocket. */
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../src/index.ts'
import { RpcClient } from './rpc-client.ts'

/** What a test may vary about the connection. */
export interface RpcSocketOptions {
  readonly protocols?: string[]
  readonly origin?: string
}

/** A client and the socket below it, for what only a socket can say. */
export interface ConnectedRpcClient {
  readonly client: RpcClient
  readonly socket: WebSocket
}

/** Connects to a server's URL. Rejects with the HTTP status where the server refuses the upgrade. */
export function connectRpc(url: string, options: RpcSocketOptions = {}): Promise<ConnectedRpcClient> {
  const { protocols = [SUBPROTOCOL], origin } = options
  const headers = origin === undefined ? {} : { origin }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/im`, protocols, { perMessageDeflate: false, headers })
  const client = new RpcClient()
  client.attach({ send: text => socket.send(text), close: () => socket.close(1000) })
  socket.on('message', data => client.receive(String(data)))
  socket.on('close', (code, reason) => client.onClosed({ code, reason: String(reason) }))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ client, socket }))
    socket.on('unexpected-response', (_, response) => reject(new Error(`refused with ${response.statusCode}`)))
    socket.on('error', reject)
  })
}
