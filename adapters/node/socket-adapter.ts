/** Ties one socket of `ws` to the server's logic. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { IMServer, ServerConnection, ServerSocket } from '../../src/server/index.ts'
import { TurnCork } from './turn-cork.ts'

/** How long a client has to answer a close before it is cut, in milliseconds. */
const CLOSE_GRACE_MS = 1000

/** Gives an accepted socket to the server. `stream` is what lies below it. */
export function attachSocket(server: IMServer, socket: WebSocket, stream: Socket): void {
  const connection = server.accept(new NodeServerSocket(socket, stream))
  boundHandshake(stream, connection, server.limits.handshakeBytes)
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) connection.receiveBinary()
    else connection.receive(data.toString('utf8'), data.length)
  })
  socket.on('close', () => connection.closed())
  socket.on('error', () => {
    // a close follows, and says as much
  })
}

/** Counts bytes as they come in until the session is open: `ws` tells of a frame only once it holds the whole of it. */
function boundHandshake(stream: Socket, connection: ServerConnection, limit: number): void {
  const start = stream.bytesRead
  const count = () => {
    if (connection.opened) stream.off('data', count)
    else if (stream.bytesRead - start > limit) {
      connection.overflow()
      stream.pause() // what else comes is not gathered while the close waits for its answer
    }
  }
  stream.on('data', count)
}

class NodeServerSocket implements ServerSocket {
  readonly #socket: WebSocket
  readonly #cork: TurnCork

  constructor(socket: WebSocket, stream: Socket) {
    this.#socket = socket
    this.#cork = new TurnCork(stream)
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#cork.hold()
    this.#socket.send(text, { binary: false, compress: false })
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS)
    this.#socket.once('close', () => clearTimeout(timer))
  }
}
