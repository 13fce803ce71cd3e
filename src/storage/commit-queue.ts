/**
 * Group commit: while one group is being committed, everything that arrives forms the next. One mechanism for every
 * place where many small requests share one expensive, ordered step.
 */

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/** Commits one group. Gives one result for each item, in order; a rejection rejects the whole group. */
export type CommitGroup<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>

/** Runs groups one after the other, never two at once. Results settle in the order of the calls. */
export class CommitQueue<Item, Result> {
  readonly #commit: CommitGroup<Item, Result>
  #waiting: Waiting<Item, Result>[] = []
  #running: Promise<void> | undefined

  constructor(commit: CommitGroup<Item, Result>) {
    this.#commit = commit
  }

  /** Adds an item to the group that is forming. Settles with its own result, or with its group's rejection. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing is waiting and nothing is being committed. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(): Promise<void> {
    await Promise.resolve() // lets callers of the same turn join the first group
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#settle(group)
    }
    this.#running = undefined
  }

  async #settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#commit(group.map(waiting => waiting.item))
      for (const [index, waiting] of group.entries()) waiting.resolve(results[index] as Result)
    } catch (error) {
      for (const waiting of group) waiting.reject(error)
    }
  }
}
