/** A server in memory with a clock that a test moves, and clients that join it. */
import { IMServer, type IMServerOptions } from '../../src/server/index.ts'
import { type MemoryDisk, memoryDisk, memoryStorage } from '../../src/storage/memory-storage.ts'
import { linkClient } from './linked-sockets.ts'
import { ManualClock } from './manual-clock.ts'

/** Where test servers begin to count. */
const START = Date.parse('2026-01-01T00:00:00.000Z')

/** A running server; give `disk` to the next one to see what a restart would see. */
export async function startTestServer(options: Partial<IMServerOptions> = {}, disk: MemoryDisk = memoryDisk()) {
  const clock = new ManualClock(START)
  const server = new IMServer({ storage: memoryStorage(disk), clock, ...options })
  await server.open()
  const connect = () => linkClient(server)
  const join = async (agentId: string, more: object = {}) => {
    const linked = connect()
    const session = await linked.client.open(agentId, more)
    return { ...linked, session }
  }
  return { server, clock, disk, connect, join }
}

/** The parameters of a `message.send`. */
export function messageTo(to: string, id: string, more: object = {}) {
  return { id, to, text: `text of ${id}`, sentAt: '2026-01-01T00:00:00.000Z', ...more }
}
