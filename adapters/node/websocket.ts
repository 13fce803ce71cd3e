/** `#websocket` on Node: the WebSocket of `ws`, which can be cut off and tells why a connection failed. */
import { WebSocket } from 'ws'
import { TurnCork } from './turn-cork.ts'

/** The largest frame that a client takes, in bytes: a server's limit with room for what it adds. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

class NodeWebSocket extends WebSocket {
  #cork: TurnCork | undefined

  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false, maxPayload: MAX_PAYLOAD_BYTES })
    this.once('upgrade', ({ socket }) => {
      this.#cork = new TurnCork(socket)
    })
  }

  override send(text: string): void {
    this.#cork?.hold()
    super.send(text)
  }
}

/** The WebSocket class of this runtime. */
export function webSocketConstructor(): typeof NodeWebSocket {
  return NodeWebSocket
}
