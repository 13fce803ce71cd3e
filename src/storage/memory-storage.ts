/** Storage in memory: for tests, for simulations, and for clients that may forget. */
import { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type { Durability, Key, ListOptions, StorageAdapter, StorageEntry, WriteOperation } from './contract.ts'
import { requireKey } from './key.ts'
import { encodeOperation } from './operation.ts'
import { SortedMap } from './sorted-map.ts'
import type { Port, PortEvents, Views } from './views.ts'

/** What several instances of memory storage share, as several runs of a process share a disk. */
export interface MemoryDisk {
  readonly map: SortedMap
  owner: symbol | undefined
  /** Lets views in to the owner, if it does. */
  accept?: ((port: Port) => PortEvents) | undefined
}

/** An empty {@link MemoryDisk}. */
export function memoryDisk(): MemoryDisk {
  return { map: new SortedMap(), owner: undefined }
}

/** Storage in memory. Give two instances the same disk to see what a second run would see. */
export function memoryStorage(disk: MemoryDisk = memoryDisk()): StorageAdapter {
  return new MemoryStorage(disk)
}

class MemoryStorage implements StorageAdapter {
  readonly durability: Durability = 'none'
  readonly views: Views
  readonly #disk: MemoryDisk
  readonly #identity = Symbol('memory storage')

  constructor(disk: MemoryDisk) {
    this.#disk = disk
    this.views = new MemoryViews(disk)
  }

  async open(): Promise<void> {
    if (this.#disk.owner) throw new IMError('STORAGE_LOCKED', 'This memory storage is open already.')
    this.#disk.owner = this.#identity
  }

  async get(key: Key): Promise<Json | undefined> {
    return this.#map().get(requireKey(key))
  }

  async list(prefix: Key, options: ListOptions = {}): Promise<StorageEntry[]> {
    return this.#map().list(requireKey(prefix), options)
  }

  async write(batch: readonly WriteOperation[]): Promise<void> {
    const map = this.#map()
    for (const { key, text, name } of batch.map(encodeOperation)) map.set(key, text, name)
  }

  async close(): Promise<void> {
    if (this.#disk.owner === this.#identity) this.#disk.owner = undefined
  }

  #map(): SortedMap {
    if (this.#disk.owner !== this.#identity) throw new IMError('STORAGE_CLOSED', 'The storage is not open.')
    return this.#disk.map
  }
}

/** Views of an owner in the same process: each text arrives a microtask after it was sent. */
class MemoryViews implements Views {
  readonly #disk: MemoryDisk

  constructor(disk: MemoryDisk) {
    this.#disk = disk
  }

  async listen(accept: (port: Port) => PortEvents): Promise<() => Promise<void>> {
    const ports = new Set<Port>()
    const admit = (port: Port) => {
      ports.add(port)
      return accept(port)
    }
    this.#disk.accept = admit
    return async () => {
      if (this.#disk.accept === admit) this.#disk.accept = undefined // of a former owner, it is the next one's
      for (const port of ports) port.close()
    }
  }

  async connect(events: PortEvents): Promise<Port | undefined> {
    const { accept } = this.#disk
    if (!accept) return undefined
    let open = true
    const end = (other: PortEvents) => {
      if (open) queueMicrotask(() => other.onClose())
      open = false
    }
    const later = (task: () => void) => queueMicrotask(() => open && task())
    const toView = {
      send: (text: string) => later(() => events.onText(text)),
      close: () => end(events),
      bufferedAmount: 0,
    }
    const owner = accept(toView)
    return { send: text => later(() => owner.onText(text)), close: () => end(owner), bufferedAmount: 0 }
  }
}
