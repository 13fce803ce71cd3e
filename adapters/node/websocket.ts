/**
 * `#websocket` on Node: the WebSocket of `ws`, which can be cut off and tells why a connection failed. It is loaded with
 * the first socket: most commands beside a running agent never open one, and it takes a third of their time to start.
 */
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type * as Ws from 'ws'
import { TurnCork } from './turn-cork.ts'

/** The largest frame that a client takes, in bytes: a server's limit with room for what it adds. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

type NodeWebSocket = new (url: string, protocols: string[]) => Ws.WebSocket

/** One class for all sockets: each of its own would cost memory and speed. */
const nodeWebSocket = loadedOnce(() => {
  const { WebSocket } = createRequire(import.meta.url)('ws') as typeof Ws
  return class extends WebSocket {
    #cork: TurnCork | undefined

    constructor(url: string, protocols: string[]) {
      super(url, protocols, { perMessageDeflate: false, maxPayload: MAX_PAYLOAD_BYTES })
      // Bun gives no socket here: its frames leave one by one.
      this.once('upgrade', ({ socket }: { readonly socket: Socket | null }) => {
        if (socket) this.#cork = new TurnCork(socket)
      })
    }

    override send(text: string): void {
      this.#cork?.hold()
      super.send(text)
    }
  }
})

/** The WebSocket class of this runtime. */
export function webSocketConstructor(): NodeWebSocket {
  return nodeWebSocket()
}

function loadedOnce<T>(load: () => T): () => T {
  let loaded: T | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}
