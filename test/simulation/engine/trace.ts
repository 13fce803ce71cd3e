/** What happened, as one number: two runs of one seed are the same when their traces are. */

/** See the head of this file. Keeps the last lines for people, where it is told to. */
export class Trace {
  #high = 0x9e3779b9
  #low = 0x85ebca6b
  #events = 0
  readonly #lines: string[] = []
  #kept = 0

  /** How many events there were. */
  get events(): number {
    return this.#events
  }

  /** The number, as text. */
  get hash(): string {
    return [this.#high, this.#low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  /** The lines that were kept. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** Keeps so many lines from now on, the newest. */
  keep(lines: number): void {
    this.#kept = lines
  }

  /** Adds an event. */
  note(at: number, label: string): void {
    this.#events += 1
    this.#fold(Math.floor(at * 1000))
    for (let index = 0; index < label.length; index++) this.#fold(label.charCodeAt(index))
    if (this.#kept === 0) return
    this.#lines.push(`${at.toFixed(3).padStart(12)}  ${label}`)
    if (this.#lines.length > 2 * this.#kept) this.#lines.splice(0, this.#kept)
  }

  #fold(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#low = Math.imul(this.#low ^ value, 0x5bd1e995) ^ (this.#high >>> 13)
  }
}
