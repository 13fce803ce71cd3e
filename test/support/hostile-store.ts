/**
 * A store as the worst driver makes it, for tests: a call of it goes wrong in one of the ways that were seen, and the rest is
 * in order. What it holds survives whoever uses it.
 */
import type { KeyValueStorage } from '../../adapters/unstorage/key-value-storage.ts'
import type { ProcessIdentity } from '../../adapters/unstorage/process-identity.ts'
import { type Clock, systemClock } from '../../src/index.ts'

/**
 * How a call goes wrong. After those that begin with `crash` the process is gone: no later call has an effect. With `stops` it
 * is gone for all to see, until it is woken and goes on as if nothing had happened.
 */
export const FAULTS = [
  'crash before',
  'crash after',
  'crash torn',
  'crash empty',
  'crash mixed',
  'fails',
  'fails but is done',
  'fails and is done later',
  'stops before',
  'stops after',
] as const

/** One of {@link FAULTS}. */
export type Fault = (typeof FAULTS)[number]

/** Calls after which one takes effect that has failed. */
const LATER = 7

/** What several processes share. */
export type Contents = Map<string, string>

/** One process's way to the store. */
export class HostileStore implements KeyValueStorage {
  readonly #contents: Contents
  #fault: Fault | undefined
  readonly #at: number
  readonly #late: { readonly at: number; readonly effect: () => void }[] = []
  #calls = 0
  #gone = false
  #wake: (() => void) | undefined
  #stopped: Promise<void> = Promise.resolve()

  constructor(contents: Contents, at = 0, fault?: Fault) {
    this.#contents = contents
    this.#at = at
    this.#fault = fault
  }

  /** How many calls there were. */
  get calls(): number {
    return this.#calls
  }

  /** Whether the process is gone. */
  get gone(): boolean {
    return this.#gone
  }

  /** Lets a process go on that has stopped; it will not stop any more. */
  wake(): void {
    this.#fault = undefined
    this.#gone = false
    this.#wake?.()
  }

  getItem(key: string): Promise<unknown> {
    return this.#call(() => this.#contents.get(key) ?? null)
  }

  getItems(keys: string[]): Promise<{ key: string; value: unknown }[]> {
    return this.#call(() => keys.map(key => ({ key, value: this.#contents.get(key) ?? null })))
  }

  getKeys(base = ''): Promise<string[]> {
    return this.#call(() => [...this.#contents.keys()].filter(key => key.startsWith(base)))
  }

  setItem(key: string, value: string): Promise<void> {
    const put = (text: string) => () => void this.#contents.set(key, text)
    const half = value.slice(0, value.length / 2)
    const old = this.#contents.get(key) ?? ''
    const effects = { torn: put(half), empty: put(''), mixed: put(half + old.slice(half.length)) }
    return this.#call(put(value), effects)
  }

  removeItem(key: string): Promise<void> {
    return this.#call(() => void this.#contents.delete(key))
  }

  getMount() {
    return { base: '', driver: { name: 'fs', setItem: true, removeItem: true } }
  }

  getMounts() {
    return []
  }

  async #call<T>(effect: () => T, partial: Readonly<Record<string, () => void>> = {}): Promise<T> {
    await Promise.resolve()
    if (this.#gone) await this.#stopped
    this.#calls += 1
    for (const late of this.#late.splice(0)) {
      if (late.at <= this.#calls) late.effect()
      else this.#late.push(late)
    }
    if (this.#calls !== this.#at || !this.#fault) return effect()
    return await this.#goWrong(this.#fault, effect, partial)
  }

  async #goWrong<T>(fault: Fault, effect: () => T, partial: Readonly<Record<string, () => void>>): Promise<T> {
    if (fault.startsWith('stops')) return await this.#stop(fault, effect)
    if (fault === 'fails but is done') effect()
    if (fault === 'fails and is done later') this.#late.push({ at: this.#calls + LATER, effect: () => void effect() })
    if (!fault.startsWith('crash')) throw new Error('redis://user:secret@host went wrong')
    this.#gone = true
    this.#stopped = new Promise<never>(() => undefined)
    if (fault !== 'crash before') (partial[fault.slice('crash '.length)] ?? effect)()
    return await new Promise<never>(() => undefined)
  }

  async #stop<T>(fault: Fault, effect: () => T): Promise<T> {
    this.#gone = true
    this.#stopped = new Promise(resolve => {
      this.#wake = resolve
    })
    const done = fault === 'stops after' ? { value: effect() } : undefined
    await this.#stopped
    return done ? done.value : effect()
  }
}

/** A process that is gone as soon as another one asks. */
export function mortalProcess(pid: number): ProcessIdentity {
  return { machine: 'one', pid, isRunning: () => false }
}

/** Short pauses are over at once, and nothing happens by itself. */
export const stillClock: Clock = {
  ...systemClock,
  schedule(task, delayMs) {
    if (delayMs < 1_000) queueMicrotask(task)
    return () => undefined
  },
}
