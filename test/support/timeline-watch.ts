/** Watches a timeline of the console frame by frame, as an eye would: what it reads stays where it is, and nothing is blank. */
import type { Page } from 'playwright'

/** How to scroll while watching: so many pixels in each of so many frames. */
export interface Watching {
  readonly frames: number
  /** Upwards; 0 only watches. */
  readonly step: number
}

/** What was seen. */
export interface Watched {
  /** How far a message that was in sight was ever from where scrolling alone would have moved it, in pixels. */
  readonly jumpPx: number
  /** Frames in which a part of the screen was empty. */
  readonly blank: number
  /** Messages that were ever in the page at once. */
  readonly drawn: number
  /** How many messages passed the eye. */
  readonly passed: number
}

/** Scrolls, and watches. */
export function watchTimeline(page: Page, watching: Watching): Promise<Watched> {
  return page.evaluate(watch, watching)
}

/** How far the timeline is from its end, in pixels. */
export function distanceToEnd(page: Page): Promise<number> {
  return page.getByTestId('timeline').evaluate(list => list.scrollHeight - list.scrollTop - list.clientHeight)
}

/** Runs in the page. */
async function watch({ frames, step }: Watching): Promise<Watched> {
  const GAP = 90 // a day or the beginning of what is new stands between two messages
  const list = document.querySelector('[data-testid="timeline"]')
  if (!list) throw new Error('There is no timeline.')
  const rowsOf = () =>
    [...list.querySelectorAll('[data-message]')]
      .filter(row => row.checkVisibility({ visibilityProperty: true }))
      .map(row => ({ row, id: row.getAttribute('data-message') ?? '', ...boundsOf(row) }))
      .sort((a, b) => a.top - b.top)
  const boundsOf = (row: Element) => {
    const { top, bottom } = row.getBoundingClientRect()
    return { top, bottom }
  }
  const { top: ceiling, bottom: floor } = list.getBoundingClientRect()
  const isBlank = (rows: readonly { top: number; bottom: number }[]) => {
    let covered = ceiling
    for (const { top, bottom } of rows) if (top - covered <= GAP) covered = Math.max(covered, bottom)
    return covered < floor - GAP
  }
  const passed = new Set<string>()
  let [jumpPx, blank, drawn] = [0, 0, 0]
  for (let frame = 0; frame < frames; frame++) {
    await new Promise(requestAnimationFrame)
    list.scrollTop -= step
    const rows = rowsOf() // as this frame paints them
    drawn = Math.max(drawn, rows.length)
    if (isBlank(rows)) blank++
    const seen = rows.filter(({ top, bottom }) => bottom > ceiling && top < floor)
    for (const { id } of seen) passed.add(id)
    const eye = seen[Math.floor(seen.length / 2)]
    if (!eye) continue
    await new Promise(requestAnimationFrame)
    const now = list.querySelector(`[data-message="${eye.id}"]`)
    jumpPx = Math.max(jumpPx, now ? Math.abs(now.getBoundingClientRect().top - eye.top) : Number.POSITIVE_INFINITY)
  }
  return { jumpPx, blank, drawn, passed: passed.size }
}
