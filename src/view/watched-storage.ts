/** The storage of an owner that is to learn at once that another has taken it over. */
import { IMError } from '../errors.ts'
import type { Json } from '../model/json.ts'
import type {
  Durability,
  Key,
  ListOptions,
  OpenOptions,
  StorageAdapter,
  StorageEntry,
  WriteOperation,
} from '../storage/contract.ts'
import type { Views } from '../storage/views.ts'

/** See the head of this file. Every promise is that of the storage itself. */
export class WatchedStorage implements StorageAdapter {
  readonly #storage: StorageAdapter
  readonly #onLost: () => void

  constructor(storage: StorageAdapter, onLost: () => void) {
    this.#storage = storage
    this.#onLost = onLost
  }

  get durability(): Durability {
    return this.#storage.durability
  }

  get views(): Views | undefined {
    return this.#storage.views
  }

  open(options?: OpenOptions): Promise<void> {
    return this.#watched(this.#storage.open({ ...options, onLost: this.#onLost }))
  }

  get(key: Key): Promise<Json | undefined> {
    return this.#watched(this.#storage.get(key))
  }

  list(prefix: Key, options?: ListOptions): Promise<StorageEntry[]> {
    return this.#watched(this.#storage.list(prefix, options))
  }

  write(batch: readonly WriteOperation[]): Promise<void> {
    return this.#watched(this.#storage.write(batch))
  }

  close(): Promise<void> {
    return this.#storage.close()
  }

  /** Whoever called is told after the loss is known, so that nobody takes it for a failure of its own. */
  async #watched<T>(step: Promise<T>): Promise<T> {
    try {
      return await step
    } catch (error) {
      if (error instanceof IMError && error.code === 'STORAGE_FENCED') this.#onLost()
      throw error
    }
  }
}
