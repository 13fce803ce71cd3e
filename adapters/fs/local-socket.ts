/** Local sockets of Node as ports: one text on each line. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Port, PortEvents } from '../../src/index.ts'
import { hasCode } from './storage-error.ts'

/** How long what was sent last may take to leave before the socket is cut, in milliseconds. */
const CLOSE_GRACE_MS = 200

/** The longest text, in characters: no message is nearly as long. */
const MAX_TEXT = 256 * 1024 * 1024

/** What the system says where nobody listens; the last, where whoever did has ended in that moment. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR', 'ECONNRESET']

/** A server that lets views in, and the way to end it with all of them. */
export interface Door {
  close(): Promise<void>
}

/** Listens at an address. @throws the error of the system */
export async function openDoor(address: string, accept: (port: Port) => PortEvents): Promise<Door> {
  const ports = new Set<SocketPort>()
  const server = createServer(socket => {
    const port = new SocketPort(socket)
    ports.add(port)
    socket.once('close', () => ports.delete(port))
    port.tell(accept(port))
  })
  await listening(server, address)
  return {
    close: () =>
      new Promise(resolve => {
        for (const port of ports) port.close()
        server.close(() => resolve())
      }),
  }
}

/** Listens at an address and talks to nobody: only one process can. Gives `undefined` where another does. */
export async function holdAddress(address: string): Promise<Door | undefined> {
  const server = createServer(socket => socket.destroy())
  try {
    await listening(server, address)
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return undefined
    throw error
  }
  return { close: () => new Promise(resolve => server.close(() => resolve())) }
}

/** Connects to an address; gives `undefined` where nobody listens. @throws the error of the system */
export function knock(address: string, events: PortEvents): Promise<Port | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    const onError = (error: Error) => {
      if (hasCode(error, ...NOBODY)) resolve(undefined)
      else reject(error)
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.off('error', onError)
      const port = new SocketPort(socket)
      port.tell(events)
      resolve(port)
    })
  })
}

/** A listening server keeps no process alive. */
function listening(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const exclusive = true // the workers of a cluster would otherwise share one socket, and with it a claim
    server.listen({ path: address, exclusive }, () => {
      server.off('error', reject)
      server.on('error', () => {}) // a socket that could not be accepted: the view tries again
      server.unref()
      resolve()
    })
  })
}

/** A socket as a port. */
class SocketPort implements Port {
  readonly #socket: Socket
  #closed = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength
  }

  send(text: string): void {
    if (!this.#closed && this.#socket.writable) this.#socket.write(`${text}\n`)
  }

  /** What the other end does not take in time is cut. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.end()
    const cut = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE_MS)
    this.#socket.once('close', () => clearTimeout(cut))
  }

  /**
   * Tells what comes in, until this side closes. Each text has a turn of its own: whoever waits for what one of them says
   * goes on before the next is told, however many came at once.
   */
  tell(events: PortEvents): void {
    const lines = new Lines(text => setImmediate(() => this.#closed || events.onText(text)))
    this.#socket.setEncoding('utf8')
    this.#socket.on('data', (chunk: string) => lines.add(chunk) || this.#socket.destroy())
    this.#socket.on('error', () => {}) // it is closed then, which is told
    this.#socket.once('close', () => setImmediate(() => this.#closed || events.onClose()))
  }
}

/** Puts texts together again. */
class Lines {
  readonly #onText: (text: string) => void
  #carried: string[] = []
  #length = 0

  constructor(onText: (text: string) => void) {
    this.#onText = onText
  }

  /** Says whether what is carried is still short enough to be one text. */
  add(chunk: string): boolean {
    const [first = '', ...others] = chunk.split('\n')
    this.#carry(first)
    for (const next of others) {
      const text = this.#carried.join('')
      this.#carried = []
      this.#length = 0
      this.#carry(next)
      this.#onText(text)
    }
    return this.#length <= MAX_TEXT
  }

  #carry(part: string): void {
    this.#carried.push(part)
    this.#length += part.length
  }
}
