/** How many messages of others nobody has read, over all the accounts that are open, and what the tray makes of it. */

/** The highest number that is written out. */
const MOST_SHOWN = 99

/** Counts by account. */
export class UnreadCounts {
  readonly #counts = new Map<string, number>()

  /** All of them. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Sets the count of a workspace; says whether the total is another now. */
  set(workspace: string, count: number): boolean {
    const before = this.total
    if (count > 0) this.#counts.set(workspace, count)
    else this.#counts.delete(workspace)
    return this.total !== before
  }
}

/** A count for a small place: nothing for none, `99+` for many. */
export function badgeText(count: number): string {
  if (count <= 0) return ''
  return count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count)
}
