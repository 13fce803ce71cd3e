/** Names whose values are no longer needed. They are removed when nobody reads them and the journal says that they may go. */
import { inLanes, type Store } from './store.ts'

/** See the head of this file. */
export class Litter {
  readonly #store: Store
  readonly #names = new Set<string>()
  readonly #readers = new Set<Promise<unknown>>()
  #sweeping: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
  }

  /** Says that the values of these names are superseded, or never counted. */
  add(names: Iterable<string>): void {
    for (const name of names) this.#names.add(name)
  }

  /** Whether a value is there still, for all that is known. */
  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Keeps what a step reads from being removed before it has ended. */
  async guard<T>(step: () => Promise<T>): Promise<T> {
    const reading = step()
    const ended = reading.catch(() => undefined) // told to the caller
    this.#readers.add(ended)
    try {
      return await reading
    } finally {
      this.#readers.delete(ended)
    }
  }

  /** Resolves when every read that has begun has ended. */
  async unread(): Promise<void> {
    await Promise.all(this.#readers)
  }

  /** Begins to remove what was added before. What cannot be removed stays for the next time: nobody reads it. */
  sweep(): void {
    const names = [...this.#names]
    this.#sweeping = this.#sweeping.then(() => this.#remove(names))
  }

  /** Resolves when nothing is being removed. */
  async idle(): Promise<void> {
    await this.#sweeping
  }

  async #remove(names: readonly string[]): Promise<void> {
    await this.unread()
    const step = async (name: string) => {
      await this.#store.remove(name)
      this.#names.delete(name)
    }
    await inLanes(names, step).catch(() => undefined) // the names stay
  }
}
