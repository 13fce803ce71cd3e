/**
 * The one writer. Whatever changes this client's state, a message sent, a batch received, a handler that finished, is a
 * step; the steps that wait while a write is under way become one atomic write. Memory changes after the write,
 * so a write that fails leaves nothing to undo.
 */
import { CommitQueue } from '../storage/commit-queue.ts'
import type { StorageAdapter, WriteOperation } from '../storage/contract.ts'
import { Transaction } from './transaction.ts'

/**
 * Changes state through a transaction. Runs to its end at once. What it throws undoes this step alone, for which the
 * others of its group are run again: a step changes nothing but by its transaction.
 */
export type Step<R> = (transaction: Transaction) => R

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Runs steps, in the order of the calls. */
export class Ledger {
  readonly #storage: StorageAdapter
  readonly #queue: CommitQueue<Step<unknown>, Outcome>
  readonly #onStored: ((group: Transaction) => void) | undefined
  #failure: { readonly error: unknown } | undefined

  /** `onStored` is told of each group that has changed anything, once it is stored and in memory. */
  constructor(storage: StorageAdapter, onStored?: (group: Transaction) => void) {
    this.#storage = storage
    this.#onStored = onStored
    this.#queue = new CommitQueue(steps => this.#commit(steps))
  }

  /** The write that failed last, each another object: a step that builds on an earlier one sees here that it may be missing. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /**
   * Runs a step and resolves with its result when what it changed is stored.
   * @throws what the step threw, or the IMError of the write
   */
  async transact<R>(step: Step<R>): Promise<R> {
    const outcome = await this.#queue.add(step)
    if ('error' in outcome) throw outcome.error
    return outcome.value as R
  }

  /** Resolves when no step waits and nothing is being written. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async #commit(steps: readonly Step<unknown>[]): Promise<Outcome[]> {
    const { group, outcomes } = runSteps(steps)
    const batch = group.batch()
    if (batch.length > 0) {
      await this.#write(batch)
      group.after(() => this.#onStored?.(group))
    }
    group.settle()
    return outcomes
  }

  async #write(batch: WriteOperation[]): Promise<void> {
    try {
      await this.#storage.write(batch)
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}

/** Runs the steps over one transaction. One that throws is left out, and the others are run again without it. */
function runSteps(steps: readonly Step<unknown>[]): { group: Transaction; outcomes: Outcome[] } {
  const failed = new Map<Step<unknown>, Outcome>()
  for (;;) {
    const group = new Transaction()
    const before = failed.size
    const outcomes = steps.map(step => failed.get(step) ?? run(step, { group, failed }))
    if (failed.size === before) return { group, outcomes }
  }
}

function run(
  step: Step<unknown>,
  { group, failed }: { group: Transaction; failed: Map<Step<unknown>, Outcome> },
): Outcome {
  try {
    return { value: step(group) }
  } catch (error) {
    failed.set(step, { error })
    return { error }
  }
}
