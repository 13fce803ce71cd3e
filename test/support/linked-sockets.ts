/** A client and a server joined in memory: frames arrive in order, a microtask later, as on a wire without a network. */
import type { ServerConnection, ServerSocket } from '../../src/server/index.ts'
import { RpcClient } from './rpc-client.ts'

/** What accepts sockets. */
export interface Acceptor {
  accept(socket: ServerSocket): Pick<ServerConnection, 'receive' | 'closed'>
}

/** A client whose wire can be held up, to be a slow or a half-open one. */
export interface LinkedClient {
  readonly client: RpcClient
  /** Nothing passes any more, in either direction, and nobody is told. */
  freeze(): void
  /** The wire breaks: both ends are told. */
  cut(): void
}

/** Joins a new client to a server. */
export function linkClient(server: Acceptor): LinkedClient {
  const client = new RpcClient()
  let open = true
  let frozen = false
  const later = (task: () => void) => queueMicrotask(() => !frozen && task())
  const socket: ServerSocket = {
    bufferedAmount: 0,
    send: text => open && later(() => client.receive(text)),
    close: (code, reason) => {
      if (!open) return
      open = false
      later(() => client.onClosed({ code, reason }))
    },
  }
  const connection = server.accept(socket)
  const hangUp = () => {
    if (!open) return
    open = false
    connection.closed()
    client.onClosed({ code: 1006, reason: 'cut' })
  }
  client.attach({ send: text => later(() => open && connection.receive(text)), close: hangUp })
  return {
    client,
    freeze: () => {
      frozen = true
    },
    cut: hangUp,
  }
}
