/** One life of a process: a generation of timers, operations and chance that ends at once when it is killed. */
import type { Machine } from '../../../adapters/fs/machine.ts'
import type { Clock } from '../../../src/model/clock.ts'
import type { Chance } from './chance.ts'
import type { Timeline } from './timeline.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')

/** How a life ends. `process`: the machine goes on. `power`: what was not synced may be gone. */
export type Death = 'process' | 'power'

/** A machine: what outlives the processes that run on it one after the other. */
export interface Host {
  readonly name: string
  /** By how much its wall clock is ahead. */
  aheadMs: number
  /** Counted with each power loss. */
  boots: number
  /** Counted with each process. */
  lives: number
  /** Whether every process gets the same pid, as after a restart of a container. */
  readonly onePid: boolean
}

/** What a {@link Life} is made of. */
export interface LifeOptions {
  readonly timeline: Timeline
  readonly host: Host
  readonly chance: Chance
  /** Ends the life from within: its fuse has burnt down. */
  readonly onFuse: (life: Life) => void
}

/** See the head of this file. */
export class Life {
  readonly host: Host
  readonly pid: number
  readonly name: string
  readonly chance: Chance
  readonly clock: Clock
  readonly machine: Machine
  readonly #timeline: Timeline
  readonly #onFuse: (life: Life) => void
  readonly #startedAt: number
  #alive = true
  /** Operations until it dies. */
  #fuse = Number.POSITIVE_INFINITY
  #aim: ReadonlySet<string> | undefined

  constructor({ timeline, host, chance, onFuse }: LifeOptions) {
    host.lives += 1
    this.host = host
    this.name = `${host.name}.${host.lives}`
    this.pid = host.onePid ? 7 : 100 + host.lives
    this.chance = chance.fork(this.name)
    this.#timeline = timeline
    this.#onFuse = onFuse
    this.#startedAt = timeline.now
    this.clock = {
      now: () => Math.floor(START + timeline.now + host.aheadMs),
      elapsed: () => timeline.now - this.#startedAt,
      schedule: (task, delayMs) => this.later(Math.max(1, Math.trunc(delayMs)), 'timer', task), // as Node does
    }
    this.machine = this.#machine()
  }

  /** Whether it goes on. */
  get isAlive(): boolean {
    return this.#alive
  }

  /** When it began, as the system tells it. */
  get birthday(): string {
    return String(Math.floor(this.#startedAt * 1000))
  }

  /** Runs a task later, unless the life is over by then. */
  later(delayMs: number, label: string, task: () => void): () => void {
    return this.#timeline.plan(delayMs, `${this.name} ${label}`, () => {
      if (this.#alive) task()
    })
  }

  /** Resolves later; never, where the life ends before. */
  sleep(delayMs: number): Promise<void> {
    return new Promise(resolve => this.later(delayMs, 'sleep', resolve))
  }

  /** Ends after so many operations, or operations of some names. */
  light(operations: number, aim?: ReadonlySet<string>): void {
    this.#fuse = operations
    this.#aim = aim
  }

  /** An operation begins: says whether the life is still there to see it through. */
  burn(operation = ''): boolean {
    if (!this.#alive) return false
    if (!this.#aim || this.#aim.has(operation)) this.#fuse -= 1
    if (this.#fuse <= 0) this.#onFuse(this)
    return this.#alive
  }

  /** Ends it. Nothing of it happens any more. */
  end(): void {
    this.#alive = false
  }

  #machine(): Machine {
    let nonces = 0
    return {
      pid: this.pid,
      host: () => this.host.name,
      newNonce: () => `${this.name}-${++nonces}`,
      isRunning: pid => this.#alive && pid === this.pid,
      repeat: (task, everyMs) => {
        let cancel = () => {}
        const next = () => {
          cancel = this.later(everyMs, 'repeat', () => {
            task()
            next()
          })
        }
        next()
        return () => cancel()
      },
    }
  }
}
