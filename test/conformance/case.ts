/** What the suite needs from an adapter, and what it gives back: data that any test runner, or none, can work through. */
import type { StorageAdapter } from '../../src/index.ts'

/** Storage that is empty at first, and that several instances can open one after the other. */
export interface StoragePlace {
  /** A new instance over this place, not opened yet. */
  adapter(): StorageAdapter
  /** Removes the place. Every instance that a case opened has been closed by then. */
  dispose(): Promise<void>
}

/** The adapter to be tested. */
export interface ConformanceSubject {
  /** Makes a new, empty place; each case takes its own. */
  create(): Promise<StoragePlace>
}

/** One promise of the storage contract. */
export interface ConformanceCase {
  /** The promise, as a sentence. */
  readonly name: string
  /** Resolves where the promise is kept; rejects, as a rule with a {@link ConformanceFailure}, where it is not. */
  run(subject: ConformanceSubject): Promise<void>
}

/** What a case works on: one place, and every instance that was opened over it. */
export class Stage {
  readonly #place: StoragePlace
  readonly #adapters: StorageAdapter[] = []

  constructor(place: StoragePlace) {
    this.#place = place
  }

  /** A new instance, not opened. It is closed when the case is over. */
  adapter(): StorageAdapter {
    const adapter = this.#place.adapter()
    this.#adapters.push(adapter)
    return adapter
  }

  /** A new instance, opened. */
  async open(): Promise<StorageAdapter> {
    const adapter = this.adapter()
    await adapter.open()
    return adapter
  }

  /** Closes an instance and opens another over the same place, as the next run of a process does. */
  async reopen(former: StorageAdapter): Promise<StorageAdapter> {
    await former.close()
    return await this.open()
  }

  /** Closes what the case left open and removes the place. What fails here was never the case's point. */
  async clear(): Promise<void> {
    for (const adapter of this.#adapters) await adapter.close().catch(() => undefined)
    await this.#place.dispose()
  }
}

/** Makes a case of a name and what is to hold on a stage of its own. */
export function conformanceCase(name: string, check: (stage: Stage) => Promise<void>): ConformanceCase {
  return {
    name,
    async run(subject) {
      const stage = new Stage(await subject.create())
      try {
        await check(stage)
      } finally {
        await stage.clear()
      }
    },
  }
}
