/** The server of a simulation. */

import type { FileSystem } from '../../../adapters/fs/file-system.ts'
import { fsStorage } from '../../../adapters/fs/index.ts'
import type { ConversationEvent } from '../../../src/model/event.ts'
import type { Json } from '../../../src/model/json.ts'
import { IMServer } from '../../../src/server/index.ts'
import type { Key, StorageAdapter } from '../../../src/storage/contract.ts'
import { type Batch, puts } from '../check/acknowledged.ts'
import { Disk } from '../disk/disk.ts'
import type { Life } from '../engine/life.ts'
import { SERVER, type ServerPlan } from '../plan/schedule.ts'
import { describe, Party, type Surroundings } from './party.ts'

/** See the head of this file. */
export class ServerParty extends Party {
  /** Disks that it had, the present one included. */
  readonly disks: Disk[]
  protected readonly kind = 'server'
  readonly #plan: ServerPlan
  #server: IMServer | undefined

  constructor(plan: ServerPlan, surroundings: Surroundings) {
    super({ name: SERVER, ...plan }, surroundings)
    this.#plan = plan
    this.disks = [this.disk]
  }

  /** The process ends, and the disk with it: what comes next begins anew. */
  loseDisk(clients: readonly string[], downMs: number): void {
    this.kill('power', downMs)
    this.surroundings.counts.add('server: disk lost')
    this.surroundings.truth.loseServer(clients)
    this.disk = new Disk()
    this.disks.push(this.disk)
    this.acknowledged = this.newAcknowledged()
  }

  protected async boot(life: Life, fileSystem: FileSystem): Promise<void> {
    const { network, truth } = this.surroundings
    const { acknowledged } = this
    const { server, storage } = await this.retried(life, async () => {
      const storage = acknowledged.watch(this.#storage(life, fileSystem), life)
      const server = this.#make(life, storage)
      await server.open()
      return { server, storage }
    })
    this.#server = server
    await this.retried(life, () => this.#reread(storage))
    truth.epochs[truth.logs.length - 1] ??= server.stats().epoch
    network.listener = { life, accept: socket => server.accept(socket) }
  }

  protected async close(): Promise<void> {
    this.surroundings.network.listener = undefined
    await this.#server?.drain()
  }

  override kill(...how: Parameters<Party['kill']>): void {
    if (this.surroundings.network.listener?.life === this.life) this.surroundings.network.listener = undefined
    super.kill(...how)
  }

  #storage({ clock, machine }: Life, fileSystem: FileSystem): StorageAdapter {
    const { checkpointLength } = this.#plan
    return fsStorage('/srv', { folder: 'im_server', fileSystem, clock, machine, checkpointLength })
  }

  #make({ clock, chance, name }: Life, storage: StorageAdapter): IMServer {
    const { replayItems, unackedItems, requestsPerSecond } = this.#plan
    const { counts, truth } = this.surroundings
    return new IMServer({
      storage,
      clock,
      random: chance.fork('program'),
      limits: { replayItems, unackedItems, requestsPerSecond, requestBurst: 2 * requestsPerSecond },
      onRepair: ({ kind }) => counts.add(`repair: ${kind}`),
      onError: error => {
        counts.add(`server error: ${error.code}`)
        if (['STORAGE_DAMAGED', 'STORAGE_FENCED'].includes(error.code))
          truth.violate('storage is neither damaged nor fenced', `${name}: ${describe(error)}`)
      },
    })
  }

  /** What was being stored at a crash may be there, without anybody having been told. */
  async #reread(storage: StorageAdapter): Promise<void> {
    this.#note((await storage.list(['events'])).map(({ key, value }) => [key, value]))
  }

  protected stored(batch: Batch): void {
    this.#note(puts(batch, 'events'))
  }

  #note(events: Iterable<readonly [key: Key, value: Json]>): void {
    const { log } = this.surroundings.truth
    for (const [key, value] of events) {
      const { position, ...event } = value as unknown as ConversationEvent & { position: number }
      const name = JSON.stringify([key[1], key[2]])
      const former = log.get(name)
      if (former && former.event.id !== event.id) {
        const text = `${name} was ${former.event.id} and becomes ${event.id}`
        this.surroundings.truth.violate('the server never rewrites an event', text)
      }
      log.set(name, { key: String(key[1]), seq: Number(key[2]), position, event: event as ConversationEvent })
    }
  }
}
