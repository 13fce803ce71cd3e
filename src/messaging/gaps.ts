/** Sequences known to be missing: sorted, disjoint ranges, both ends included. */
import type { Gap } from '../model/conversation.ts'

/** The gaps with one more range. */
export function addGap(gaps: readonly Gap[], from: number, to: number): Gap[] {
  return from > to ? [...gaps] : [...removeRange(gaps, from, to), { from, to }].sort((a, b) => a.from - b.from)
}

/** The gaps without a range: it was filled, or is known to be empty. */
export function removeRange(gaps: readonly Gap[], from: number, to: number): Gap[] {
  return gaps.flatMap(gap => {
    if (gap.to < from || gap.from > to) return [gap]
    const rest: Gap[] = []
    if (gap.from < from) rest.push({ from: gap.from, to: from - 1 })
    if (gap.to > to) rest.push({ from: to + 1, to: gap.to })
    return rest
  })
}

/** Whether a sequence is missing. */
export function isMissing(gaps: readonly Gap[], seq: number): boolean {
  return gaps.some(({ from, to }) => from <= seq && seq <= to)
}
