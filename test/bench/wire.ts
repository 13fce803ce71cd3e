/** Messages through the real server in another process, both ends durable, against bare `ws` frames of the same length. */
import { once } from 'node:events'
import { join } from 'node:path'
import { IMClient, type Message } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { WebSocket } from 'ws'
import { alternate, type BenchContext, type Benchmark, median, perSecond, type Row, timed } from './measure.ts'
import { Program } from './program.ts'

const IN_FLIGHT = 128
const SENDS = 10_000
const HOPS = 300
const ROUNDS = 5
const TEXT = 'x'.repeat(200)

/** What a message of this length is on the wire. */
const FRAME = JSON.stringify({
  jsonrpc: '2.0',
  id: 100_000,
  method: 'message.send',
  params: {
    id: '00000000-0000-7000-8000-000000000000',
    after: '00000000-0000-7000-8000-000000000000',
    to: 'receiver',
    text: TEXT,
    sentAt: '2026-01-01T00:00:00.000Z',
  },
})

interface Servers {
  readonly im: string
  readonly bare: string
}

/** Sends one message and resolves when it has come to where this wire leads. */
interface Wire {
  readonly send: () => Promise<void>
  readonly close: () => Promise<void>
}

async function withServers(folder: string, use: (servers: Servers) => Promise<Row[]>): Promise<Row[]> {
  const im = Program.start('im-server', { folder: join(folder, 'server') })
  const bare = Program.start('bare-server')
  try {
    const [imReport, bareReport] = await Promise.all([im.next<{ url: string }>(), bare.next<{ url: string }>()])
    return await use({ im: imReport.url, bare: bareReport.url })
  } finally {
    await Promise.all([im.stop(), bare.stop()])
  }
}

async function connectClient(workspace: string, agentId: string, imServerUrl: string): Promise<IMClient> {
  const client = new IMClient({ storage: fsStorage(join(workspace, agentId)), agentId, imServerUrl })
  await client.connect()
  return client
}

/** To the server and back: stored here, stored there, acknowledged. */
async function acknowledged(folder: string, url: string): Promise<Wire> {
  const client = await connectClient(folder, 'acknowledged', url)
  return {
    send: async () => {
      const { id } = await client.sendMessage({ to: 'nobody', text: TEXT })
      await client.waitForStatus(id, 'accepted')
    },
    close: () => client.close(),
  }
}

/** To another client: stored here, at the server, and there. */
async function endToEnd(folder: string, url: string): Promise<Wire> {
  const receiver = await connectClient(folder, 'receiver', url)
  const sender = await connectClient(folder, 'sender', url)
  const waiting = new Arrivals()
  receiver.on('message', ({ id }: Message) => waiting.arrived(id))
  return {
    send: async () => {
      const { id } = await sender.sendMessage({ to: 'receiver', text: TEXT })
      await waiting.of(id)
    },
    close: async () => {
      await Promise.all([sender.close(), receiver.close()])
    },
  }
}

/** Frames that come back, or through, in the order in which they went. */
async function bareWire(sendUrl: string, receiveUrl?: string): Promise<Wire> {
  const sender = await connectSocket(sendUrl)
  const receiver = receiveUrl === undefined ? sender : await connectSocket(receiveUrl)
  const waiting: (() => void)[] = []
  receiver.on('message', () => waiting.shift()?.())
  return {
    send: () => {
      sender.send(FRAME)
      return new Promise(resolve => waiting.push(resolve))
    },
    close: async () => {
      for (const socket of new Set([sender, receiver])) {
        socket.close()
        await once(socket, 'close')
      }
    },
  }
}

async function connectSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** Who waits for which message, and what came before anybody did. */
class Arrivals {
  readonly #early = new Set<string>()
  readonly #waiting = new Map<string, () => void>()

  arrived(id: string): void {
    const resolve = this.#waiting.get(id)
    if (resolve) resolve()
    else this.#early.add(id)
    this.#waiting.delete(id)
  }

  async of(id: string): Promise<void> {
    if (!this.#early.delete(id)) await new Promise<void>(resolve => this.#waiting.set(id, resolve))
  }
}

async function oneAtATime({ send }: Wire): Promise<number> {
  const times: number[] = []
  for (let hop = 0; hop < HOPS; hop++) times.push(await timed(send))
  return median(times)
}

function manyInFlight({ send }: Wire): Promise<number> {
  return perSecond(SENDS, IN_FLIGHT, send)
}

async function compareWires(ours: Wire, other: Wire, measure: (wire: Wire) => Promise<number>, context: BenchContext) {
  const { progress } = context
  return await alternate(
    () => measure(ours),
    () => measure(other),
    { rounds: ROUNDS, progress },
  )
}

async function runSends(context: BenchContext): Promise<Row[]> {
  return await withServers(context.folder, async servers => {
    const ours = await acknowledged(context.folder, servers.im)
    const other = await bareWire(`${servers.bare}/echo`)
    const rate = await compareWires(ours, other, manyInFlight, context)
    const single = await compareWires(ours, other, oneAtATime, context)
    await Promise.all([ours.close(), other.close()])
    const what = 'acknowledged durable sends'
    const against = 'a bare ws echo'
    return [
      { what: `${what}, ${IN_FLIGHT} in flight`, against, unit: 'messages/s', ...rate, goal: { atLeast: 0.2 } },
      { what: `${what}, one at a time`, against, unit: 'ms', ...single },
    ]
  })
}

/** Sends that the server acknowledges. */
export const sends: Benchmark = { name: 'send', run: runSends }

async function runHop(context: BenchContext): Promise<Row[]> {
  return await withServers(context.folder, async servers => {
    const ours = await endToEnd(context.folder, servers.im)
    const other = await bareWire(`${servers.bare}/hop`, `${servers.bare}/hop`)
    const single = await compareWires(ours, other, oneAtATime, context)
    const rate = await compareWires(ours, other, manyInFlight, context)
    await Promise.all([ours.close(), other.close()])
    const what = 'A → server → B, stored and delivered'
    const against = 'a bare ws hop'
    return [
      { what: `${what}, one at a time`, against, unit: 'ms', ...single },
      { what: `${what}, ${IN_FLIGHT} in flight`, against, unit: 'messages/s', ...rate },
    ]
  })
}

/** One hop, end to end. */
export const hop: Benchmark = { name: 'hop', run: runHop }
