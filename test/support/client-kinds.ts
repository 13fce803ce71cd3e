/** The kinds of client that keep the same promises: one that owns its workspace, and views of one that does. */
import { type IMClient, type IMClientOptions, type IMError, type MemoryDisk, memoryDisk } from 'im-client'
import { tabLocks } from '../../adapters/indexeddb/tab-lock.ts'
import { tabStorage } from './tab-storage.ts'
import type { World } from './world.ts'

/** A client under test, with what it reported. */
export interface Tested {
  readonly client: IMClient
  readonly disk: MemoryDisk
  readonly errors: IMError[]
}

/** How a client under test is made. */
export interface ClientKind {
  readonly name: string
  /** Makes a client that is open and not connected. */
  make(world: World, agentId: string, options?: Partial<IMClientOptions>): Promise<Tested>
}

/** A view in another tab: in a browser, over the wire between its tabs. */
const TAB_VIEW: ClientKind = {
  name: 'a view of another tab',
  make: async (world, agentId, options) => {
    const disk = memoryDisk()
    const name = crypto.randomUUID()
    await world.client(agentId, { ...options, storage: tabStorage(disk, name) }).client.open()
    const tested = world.client(agentId, { ...options, attach: true, storage: tabStorage(disk, name) }, disk)
    await tested.client.open()
    return tested
  },
}

/** All kinds. The owner behind a view does nothing by itself. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  ...('document' in globalThis && tabLocks() ? [TAB_VIEW] : []),
  {
    name: 'a client',
    make: async (world, agentId, options) => {
      const tested = world.client(agentId, options)
      await tested.client.open()
      return tested
    },
  },
  {
    name: 'a view',
    make: async (world, agentId, options) => {
      const disk = memoryDisk()
      await world.client(agentId, options, disk).client.open()
      const tested = world.client(agentId, { ...options, attach: true }, disk)
      await tested.client.open()
      return tested
    },
  },
]
