/**
 * A store where every call takes as long as it likes and may go wrong, for tests: what happens next is drawn from a seed.
 * Several processes share it; each can be stopped in the middle of anything, and killed.
 */

import type { KeyValueStorage } from '../../adapters/unstorage/key-value-storage.ts'
import { crc32 } from '../../src/index.ts'

/** Draws numbers below one. The same seed draws the same. */
export function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Step {
  readonly owner: StormyStore | undefined
  run(): void
}

/** What several processes share: the values, and all that is under way. */
export class Storm {
  readonly contents = new Map<string, string>()
  readonly draw: () => number
  /** How likely a call fails. */
  failures: number
  #steps: Step[] = []

  constructor(seed: number, failures: number) {
    this.draw = drawing(seed)
    this.failures = failures
  }

  add(step: Step): void {
    this.#steps.push(step)
  }

  /** Lets one thing happen that can; tells whether any could. What has failed takes effect now and then only. */
  async next(): Promise<boolean> {
    await new Promise(resolve => setImmediate(resolve))
    const ready = this.#steps.filter(({ owner }) => !owner?.stopped)
    const lively = ready.filter(({ owner }) => owner)
    const from = lively.length > 0 && this.draw() > 0.02 ? lively : ready
    const step = from[Math.floor(this.draw() * from.length)]
    if (!step) return false
    this.#steps = this.#steps.filter(one => one !== step)
    step.run()
    return true
  }

  /** Nothing of a process that is killed happens any more, but for what it had asked the store for. */
  kill(owner: StormyStore): void {
    this.#steps = this.#steps.filter(step => step.owner !== owner)
  }
}

/** One process's way to the store. */
export class StormyStore implements KeyValueStorage {
  stopped = false
  killed = false
  readonly #storm: Storm
  /** What dies in the middle of being written leaves a part. */
  readonly #writing = new Set<() => void>()

  constructor(storm: Storm) {
    this.#storm = storm
  }

  getItem(key: string): Promise<unknown> {
    return this.#call(() => this.#storm.contents.get(key) ?? null)
  }

  async getItems(keys: string[]): Promise<{ key: string; value: unknown }[]> {
    return await Promise.all(keys.map(async key => ({ key, value: await this.getItem(key) })))
  }

  /** As a scan: one part of the keys after the other, and some of them twice. */
  async getKeys(base = ''): Promise<string[]> {
    const { contents } = this.#storm
    const part = (half: boolean) => () =>
      [...contents.keys()].filter(key => key.startsWith(base) && (crc32(key) % 2 === 1) === half)
    const odd = this.#storm.draw() < 0.5
    const first = await this.#call(part(odd))
    const second = await this.#call(part(!odd))
    return [...first, ...second, ...first.slice(0, 3)]
  }

  setItem(key: string, value: string): Promise<void> {
    const { contents, draw } = this.#storm
    const torn = () => void contents.set(key, value.slice(0, Math.floor(value.length * draw())))
    return this.#call(() => void contents.set(key, value), torn)
  }

  removeItem(key: string): Promise<void> {
    return this.#call(() => void this.#storm.contents.delete(key))
  }

  getMount() {
    return { base: '', driver: { name: 'fs', setItem: true, removeItem: true } }
  }

  getMounts() {
    return []
  }

  /** Dies in the middle: of what it writes at this moment, a part may be there. */
  kill(): void {
    this.killed = true
    this.#storm.kill(this)
    for (const tear of this.#writing) if (this.#storm.draw() < 0.5) tear()
  }

  #call<T>(effect: () => T, torn: () => void = () => undefined): Promise<T> {
    if (this.killed) return new Promise(() => undefined)
    const storm = this.#storm
    return new Promise((resolve, reject) => {
      const settle = (run: () => void) => storm.add({ owner: this, run })
      this.#writing.add(torn)
      settle(() => {
        this.#writing.delete(torn)
        if (storm.draw() >= storm.failures) {
          const value = effect()
          settle(() => resolve(value))
          return
        }
        const late = storm.draw()
        if (late < 0.3) effect()
        else if (late < 0.7) storm.add({ owner: undefined, run: () => void effect() })
        settle(() => reject(new Error('went wrong')))
      })
    })
  }
}
