/**
 * Who may write, in a store without compare-and-swap. The claim is one value that whoever opens writes over: the last one
 * counts, and everybody looks for its own nonce there after each record it has added, before it says that it is safe. So a
 * successor, which takes the claim first and reads the journal then, finds all that its predecessor has acknowledged, and
 * whatever the predecessor adds later is neither acknowledged nor read.
 *
 * That somebody still lives is told by a heartbeat under a key of its own. Nothing depends on it but who is asked to wait.
 */
import { type Clock, IMError, isoTime, systemClock } from '../../src/index.ts'
import { type Beat, encodeOwner, type Owner, parseBeat, parseOwner } from './owner.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { Found, Store } from './store.ts'

const CLAIM = 'owner'
const BEATS = 'b:'

/** How often an owner gives a sign of life, and looks whether it is one still. */
const BEAT_MS = 5_000

/** A sign of life that is not older than this, by the clocks of both machines, is one of an owner that lives. */
const FRESH_MS = 20_000

/** So long an owner is watched whose sign of life is older. Clocks differ; a beat that comes meanwhile is proof. */
const WATCH_MS = 12_000

/** Those who open at once have all written their claim by then, as a rule; where one has not, it fences the others. */
const MIN_PAUSE_MS = 10

/** In that many times the time of the calls before. */
const PAUSE_FACTOR = 3

/** What a {@link Claim} works with. */
export interface ClaimOptions {
  readonly store: Store
  readonly clock: Clock
  readonly nonce: string
  readonly process: ProcessIdentity | undefined
  readonly onLost: (error: IMError) => void
}

/** The former owner, which is gone. */
export type Former = Owner | 'unreadable'

/** See the head of this file. */
export class Claim {
  readonly #options: ClaimOptions
  readonly #beatName: string
  #beats = 0
  #lost: IMError | undefined
  #cancel: (() => void) | undefined
  #beating: Promise<void> = Promise.resolve()
  #released = false

  constructor(options: ClaimOptions) {
    this.#options = options
    this.#beatName = BEATS + options.nonce
  }

  /** The name of this owner's sign of life. */
  get beatName(): string {
    return this.#beatName
  }

  /** Takes the claim, and gives the owner that did not give it up. @throws IMError `STORAGE_LOCKED`, `STORAGE_IO` */
  async acquire(): Promise<Former | undefined> {
    const { clock, store, nonce, process } = this.#options
    const former = await this.#former()
    if (former) await this.#requireGone(former)
    const { machine = '', pid = 0 } = process ?? {}
    const start = clock.elapsed() // connecting, and watching another, is over
    await this.#beat()
    try {
      await store.write(CLAIM, encodeOwner({ nonce, since: isoTime(clock), machine, pid }))
      await this.#pause(Math.max(MIN_PAUSE_MS, PAUSE_FACTOR * (clock.elapsed() - start)))
      const winner = parseOwner((await store.read(CLAIM)).body)
      if (winner?.nonce !== nonce) throw locked(winner)
    } catch (error) {
      await this.release().catch(() => undefined) // what went wrong before matters more
      throw error
    }
    this.#schedule()
    return former
  }

  /** Rejects with `STORAGE_FENCED` where another owner has taken over. */
  async confirm(): Promise<void> {
    if (this.#lost) throw this.#lost
    const { store, nonce, onLost } = this.#options
    const owner = parseOwner((await store.read(CLAIM)).body)
    if (owner?.nonce === nonce) return
    const since = owner ? ` since ${owner.since}` : ''
    const error = new IMError('STORAGE_FENCED', `Another owner has the store${since}; nothing is written any more.`)
    if (!this.#lost) onLost(error)
    this.#lost = error
    this.#cancel?.()
    throw error
  }

  /** Gives the claim up. It stays where it is, for nothing but its writing may touch it; without a sign of life it is free. */
  async release(): Promise<void> {
    this.#released = true
    this.#cancel?.()
    await this.#beating
    await this.#options.store.remove(this.#beatName)
  }

  async #former(): Promise<Former | undefined> {
    const { store } = this.#options
    let found = await store.read(CLAIM)
    if (found.present && !parseOwner(found.body)) {
      await this.#pause(MIN_PAUSE_MS) // being written at this moment, perhaps
      found = await store.read(CLAIM)
    }
    const owner = parseOwner(found.body)
    if (!owner) return found.present ? 'unreadable' : undefined
    return (await store.read(BEATS + owner.nonce)).present ? owner : undefined
  }

  async #requireGone(owner: Former): Promise<void> {
    if (owner === 'unreadable') return
    const { clock, process, store } = this.#options
    if (process && process.machine !== '' && process.machine === owner.machine && !process.isRunning(owner.pid)) return
    const name = BEATS + owner.nonce
    const before = await store.read(name)
    if (!before.present) return
    if (isFresh(parseBeat(before.body), clock.now())) throw locked(owner)
    await this.#pause(WATCH_MS)
    if (hasBeaten(before, await store.read(name))) throw locked(owner)
  }

  #schedule(): void {
    if (this.#released || this.#lost) return
    const { clock } = this.#options
    const beat = () => {
      this.#beating = this.#tick()
    }
    this.#cancel = clock === systemClock ? scheduleQuietly(beat, BEAT_MS) : clock.schedule(beat, BEAT_MS)
  }

  async #tick(): Promise<void> {
    try {
      await this.confirm()
      if (!this.#released) await this.#beat()
    } catch {
      // Whoever fenced this owner was told of, and a store that fails is told of by the writes.
    }
    this.#schedule()
  }

  async #beat(): Promise<void> {
    const { clock, store } = this.#options
    this.#beats += 1
    const beat: Beat = { count: this.#beats, at: clock.now() }
    await store.write(this.#beatName, JSON.stringify(beat))
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise(resolve => this.#options.clock.schedule(resolve, delayMs))
  }
}

/** As the system's clock, but the timer keeps no process from ending. */
function scheduleQuietly(task: () => void, delayMs: number): () => void {
  const timer: unknown = setTimeout(task, delayMs)
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
  return () => clearTimeout(timer as number)
}

function isFresh(beat: Beat | undefined, now: number): boolean {
  return beat !== undefined && Math.abs(now - beat.at) < FRESH_MS
}

/** A beat that is gone was given up; one that cannot be read is being written, or was cut off. */
function hasBeaten(before: Found, after: Found): boolean {
  return after.present && after.raw !== before.raw
}

function locked(owner: Owner | undefined): IMError {
  const { pid, since } = owner ?? {}
  const who = pid ? `Process ${pid}` : 'Another owner'
  const text = `${who} has the store${since ? ` since ${since}` : ''}. Close it there, or try again in half a minute if it has crashed.`
  return new IMError('STORAGE_LOCKED', text, { details: { ...(pid ? { pid } : {}), ...(since ? { since } : {}) } })
}
