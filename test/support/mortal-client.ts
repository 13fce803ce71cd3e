/** A client whose process can die between two writes: from then on nothing of it happens any more. */
import type { IMClient, IMClientOptions, MemoryDisk, Port, Views, WriteOperation } from 'im-client'
import { failingStorage } from './failing-storage.ts'
import type { World } from './world.ts'

/** A client, and its end. */
export interface MortalClient {
  readonly client: IMClient
  /** Looks at each write; the process dies before the first that is not let through. */
  onWrite(lets: (batch: readonly WriteOperation[]) => boolean): void
  /** Ends the process: its storage is free for the next. */
  kill(): void
}

/** A client that dies after so many writes, or when it is killed. It is never connected by itself. */
export function mortalClient(
  world: World,
  { agentId, disk, writes }: { readonly agentId: string; readonly disk: MemoryDisk; readonly writes: number },
  options: Partial<IMClientOptions> = {},
): MortalClient {
  let left = writes
  const { clock } = world
  const storage = failingStorage(disk)
  const write = storage.write.bind(storage)
  let lets: (batch: readonly WriteOperation[]) => boolean = () => true
  storage.write = async batch => {
    if (!lets(batch)) left = 0
    return --left < 0 ? new Promise(() => {}) : write(batch)
  }
  const { views, ports } = cuttable(storage.views)
  const schedule = (task: () => void, delayMs: number) => clock.schedule(() => left >= 0 && task(), delayMs)
  const mortal = { now: () => clock.now(), elapsed: () => clock.elapsed(), schedule }
  const { client } = world.client(agentId, { storage: Object.assign(storage, { views }), clock: mortal, ...options })
  return {
    client,
    onWrite: next => {
      lets = next
    },
    kill: () => {
      left = -1
      disk.owner = undefined
      disk.accept = undefined
      for (const port of ports) port.close()
      world.forget(client)
    },
  }
}

/** Views whose ports end with the process. */
function cuttable(views: Views | undefined): { readonly views: Views | undefined; readonly ports: Set<Port> } {
  const ports = new Set<Port>()
  const listen: Views['listen'] = async accept =>
    (await views?.listen(port => {
      ports.add(port)
      return accept(port)
    })) ?? (async () => {})
  return { views: views && { listen, connect: events => views.connect(events) }, ports }
}
