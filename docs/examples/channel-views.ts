/** Views over a `MessageChannel`: between threads of Node, and in a browser between a page and its workers or frames. */
import { type Port, type PortEvents, type StorageAdapter, type Views, viewOnlyStorage } from 'im-client'

/** The last thing that an end says: not every browser tells when the other end of a channel is closed. */
const LEFT = null

function leave(channel: MessagePort): void {
  channel.postMessage(LEFT)
  channel.close()
}

/** Takes a `MessagePort` into use. Nothing is read before the events are there to be told of it. */
function openPort(channel: MessagePort, begin: (port: Port) => PortEvents): Port {
  let isOpen = true
  const close = () => {
    if (isOpen) leave(channel)
    isOpen = false
  }
  const send = (text: string) => isOpen && channel.postMessage(text)
  const port = { send, close, bufferedAmount: 0 } // a channel does not tell how much waits
  const events = begin(port)
  const end = () => {
    const wasOpen = isOpen
    close()
    if (wasOpen) events.onClose()
  }
  channel.addEventListener('message', ({ data }) => {
    if (data === LEFT) end()
    else if (isOpen && typeof data === 'string') events.onText(data)
  })
  channel.addEventListener('close', end) // the other end was closed, or its thread is gone
  channel.start()
  return port
}

/** The owner's side of it. */
export class ChannelViews implements Views {
  readonly #ports = new Set<Port>()
  #accept: ((port: Port) => PortEvents) | undefined

  /** Lets a view in by one end of its channel. Where nobody listens the channel is closed, and the view tries again. */
  admit(channel: MessagePort): void {
    if (!this.#accept) return leave(channel)
    const port = openPort(channel, this.#accept)
    this.#ports.add(port)
    channel.addEventListener('close', () => this.#ports.delete(port))
  }

  async listen(accept: (port: Port) => PortEvents): Promise<() => Promise<void>> {
    this.#accept = accept
    return async () => {
      this.#accept = undefined
      for (const port of this.#ports) port.close()
    }
  }

  /** Whoever has this side is the owner, and looks for no other. */
  async connect(): Promise<undefined> {}
}

/** The view's side. `knock` carries one end of a new channel to where the owner's `admit` is. */
export function channelStorage(knock: (channel: MessagePort) => void): StorageAdapter {
  return viewOnlyStorage(async events => {
    const { port1, port2 } = new MessageChannel()
    const port = openPort(port1, () => events)
    knock(port2)
    return port
  })
}
