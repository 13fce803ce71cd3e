/** Where lines of a log begin, as far as bisections have learned it: a cache, bounded, thrown away with the process. */

const MAX_POSITIONS = 256

interface Position {
  readonly seq: number
  readonly offset: number
}

/** Byte offsets between which a line must begin. */
export interface ByteRange {
  readonly low: number
  readonly high: number
}

/** See the head of this file. Holds for one generation of a file, which grows only at its end. */
export class Positions {
  #known: Position[] = []

  /** Remembers where the line of an entry begins. */
  learn(seq: number, offset: number): void {
    const index = this.#search(position => position.seq >= seq)
    if (this.#known[index]?.seq === seq) return
    this.#known.splice(index, 0, { seq, offset })
    if (this.#known.length > MAX_POSITIONS) this.#known = this.#known.filter((_, at) => at % 2 === 0)
  }

  /** Narrows the search for the first entry that `holds`, which is monotonic, in a file of some length. */
  around(holds: (seq: number) => boolean, length: number): ByteRange {
    const index = this.#search(position => holds(position.seq))
    const low = this.#known[index - 1]?.offset ?? 0
    const high = this.#known[index]?.offset ?? length
    return { low: Math.min(low, length), high: Math.min(high, length) }
  }

  #search(holds: (position: Position) => boolean): number {
    const index = this.#known.findIndex(holds)
    return index < 0 ? this.#known.length : index
  }
}
