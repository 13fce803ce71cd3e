/** `#websocket` on Node: the WebSocket of `ws`, which can be cut off and tells why a connection failed. */
import { WebSocket } from 'ws'

/** The largest frame that a client takes, in bytes: a server's limit with room for what it adds. */
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024

class NodeWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false, maxPayload: MAX_PAYLOAD_BYTES })
  }
}

/** The WebSocket class of this runtime. */
export function webSocketConstructor(): typeof NodeWebSocket {
  return NodeWebSocket
}
