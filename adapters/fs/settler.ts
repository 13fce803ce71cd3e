/** Brings changed places up to date: soon after a change, and whole when the journal is to be emptied. */
import { type Clock, IMError } from '../../src/index.ts'
import { type Place, REST_MS } from './place.ts'
import { storageError } from './storage-error.ts'

/** After a failure, a full disk for instance, the next try waits; what is not settled is safe in the journal. */
const RETRY_MS = 1_000

/** Files written at once: as many as the system's thread pool takes, less one for the journal. */
const LANES = 3

/** What a {@link Settler} works with. */
export interface SettlerOptions {
  readonly clock: Clock
  /** Rejects with `STORAGE_FENCED` where another owner has taken over; then nothing is written any more. */
  readonly confirm: () => Promise<void>
  /** Told why files are behind what was written: once until all that was tried has succeeded again. */
  readonly onFailure: (error: IMError) => void
}

/** See the head of this file. */
export class Settler {
  readonly #clock: Clock
  readonly #confirm: () => Promise<void>
  readonly #onFailure: (error: IMError) => void
  readonly #changed = new Set<Place>()
  #cancel: (() => void) | undefined
  #stopped = false
  /** Whether it was told that files are behind. */
  #failing = false
  #last: Promise<void> = Promise.resolve()

  constructor({ clock, confirm, onFailure }: SettlerOptions) {
    this.#clock = clock
    this.#confirm = confirm
    this.#onFailure = onFailure
  }

  /** Says that a place has changed. */
  mark(place: Place): void {
    this.#changed.add(place)
    this.#schedule(REST_MS)
  }

  /** Resolves when all changes marked before the call are in their files. */
  settle(): Promise<void> {
    return this.#inTurn(true)
  }

  /** Ends what runs by itself, and waits for it. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#last
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#cancel) return
    this.#cancel = this.#clock.schedule(() => void this.#tick(), delayMs)
  }

  async #tick(): Promise<void> {
    let delayMs = REST_MS
    try {
      await this.#inTurn(false)
      this.#failing = false
    } catch (cause) {
      delayMs = RETRY_MS
      const error = storageError(cause)
      if (error.code === 'STORAGE_FENCED') this.#stopped = true
      if (!this.#failing) this.#onFailure(error)
      this.#failing = true
    }
    this.#cancel = undefined
    if (this.#changed.size > 0) this.#schedule(delayMs)
  }

  /** Runs one settling after the other, also after one that failed. */
  #inTurn(force: boolean): Promise<void> {
    const turn = this.#last.then(() => this.#run(force))
    this.#last = turn.catch(() => undefined) // told to whoever asked for this turn
    return turn
  }

  async #run(force: boolean): Promise<void> {
    if (this.#changed.size === 0) return
    const places = [...this.#changed]
    this.#changed.clear()
    const options = { force, now: this.#clock.now() }
    const settled = await inLanes(places, async place => {
      await this.#confirm()
      if (!(await place.settle(options))) this.#changed.add(place)
    })
    const failed = settled.filter(({ error }) => error !== undefined)
    for (const { item } of failed) this.#changed.add(item)
    if (failed[0]) throw behind(failed[0])
  }
}

/** Why a place is behind: the failure, with the place's name. */
function behind({ item, error: cause }: Outcome<Place>): IMError {
  if (cause instanceof IMError) return cause // the claim is lost: no matter of this place
  const { code, message } = storageError(cause)
  const { place } = item.named
  const text = `${place} cannot be brought up to date; the journal holds what it lacks. ${message}`
  return new IMError(code, text, { cause, details: { place } })
}

/** How a step went for an item. */
interface Outcome<Item> {
  readonly item: Item
  readonly error: unknown
}

/** Runs a step for each item, a few at once, and all of them even where some fail. */
export async function inLanes<Item>(
  items: readonly Item[],
  step: (item: Item) => Promise<unknown>,
): Promise<Outcome<Item>[]> {
  const outcomes: Outcome<Item>[] = []
  const queue = items.values()
  const lane = async () => {
    for (const item of queue) {
      const error = await step(item).then(
        () => undefined,
        (reason: unknown) => reason ?? new Error('rejected without a reason'),
      )
      outcomes.push({ item, error })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return outcomes
}
