/** A page whose process has ended is loaded again: the workspace is not in it. One that ends again at once is left alone. */

/** Of a page's contents, what is used: Electron's `WebContents`. */
export interface MortalContents {
  on(event: 'render-process-gone', listener: (event: unknown, details: { readonly reason: string }) => void): unknown
  isDestroyed(): boolean
  reload(): void
}

/** A page that lived shorter than this would go on ending, in milliseconds. */
const SHORT_LIFE_MS = 10_000

/** Watches a page, from before it is loaded. `now` is the time in milliseconds. */
export function reviveContents(contents: MortalContents, now: () => number = () => performance.now()): void {
  let begun = now()
  contents.on('render-process-gone', (_event, { reason }) => {
    const isShort = now() - begun < SHORT_LIFE_MS
    begun = now()
    if (reason !== 'clean-exit' && !isShort && !contents.isDestroyed()) contents.reload()
  })
}
