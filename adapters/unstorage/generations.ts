/**
 * Which values count. Whoever brings values to their places does so under a number of its own, the generation, and says in the
 * journal when it is through. A value whose generation never came so far does not count, whenever it arrives: neither that
 * of an owner that was stopped in the middle and goes on after another has taken over, nor that of a call which failed and
 * takes effect later. The journal still has what such values were about.
 */

/** What the journal says of generations. */
export interface Marks {
  /** The last generation that counts. */
  readonly settled: number
  /** From here on nobody has used a number. */
  readonly end: number
  /** Stretches of numbers, first and last, up to `settled` that do not count. */
  readonly void: readonly (readonly [number, number])[]
}

/** Marks of a store in which nobody has written anything. */
export const NO_MARKS: Marks = { settled: 0, end: 1, void: [] }

/** Numbers that an owner takes at once; those that it does not use are void. */
const RESERVE = 1_000_000

/** Stretches that are remembered; those that touch are one. An owner that wakes up after so many others is not expected any more. */
const MAX_VOID = 256

/** See the head of this file. One owner's view. */
export class Generations {
  #marks: Marks = NO_MARKS
  #next = 1

  /** Goes on after former owners: from their marks, and beyond every number that any of them may have used. */
  follow(marks: Marks, used: number): void {
    const start = Math.max(marks.end, used + 1)
    this.#marks = { ...marks, end: start + RESERVE }
    if (start > marks.settled + 1) this.#exclude(marks.settled + 1, start - 1)
    this.#next = start
  }

  /** What the journal is to say; `final` where this owner will use no further number. */
  marks(final: boolean): Marks {
    const { settled, void: stretches } = this.#marks
    const end = final ? this.#next : this.#next + RESERVE
    return { settled, end, void: stretches }
  }

  /** A number for those values that are now brought to their places. */
  begin(): number {
    return this.#next++
  }

  /** Says that all values of a generation are in their places. */
  settle(generation: number): void {
    this.#marks = { ...this.#marks, settled: generation }
  }

  /** Says that some values of a generation are not, or nobody knows. */
  fail(generation: number): void {
    this.#exclude(generation, generation)
  }

  #exclude(first: number, last: number): void {
    const { void: stretches } = this.#marks
    const former = stretches.at(-1)
    const touches = former !== undefined && first <= former[1] + 1
    const stretch = [touches ? Math.min(former[0], first) : first, last] as const
    const others = touches ? stretches.slice(0, -1) : stretches
    this.#marks = { ...this.#marks, void: [...others, stretch].slice(-MAX_VOID) }
  }
}

/** Whether values of a generation count. */
export function counts(generation: number, { settled, void: stretches }: Marks): boolean {
  return generation <= settled && !stretches.some(([first, last]) => generation >= first && generation <= last)
}

/** Reads marks; `undefined` where the value is something else. */
export function parseMarks(value: unknown): Marks | undefined {
  const { settled, end, void: stretches } = (value ?? {}) as Record<string, unknown>
  const valid = Number.isSafeInteger(settled) && Number.isSafeInteger(end) && Array.isArray(stretches)
  return valid ? { settled: Number(settled), end: Number(end), void: stretches as [number, number][] } : undefined
}
