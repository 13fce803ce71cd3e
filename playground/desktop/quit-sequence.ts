/** The way out of the app: what is under way is brought to its end, for a few seconds at most, and then it quits. */

/** Of Electron's `app`, what is used. */
export interface QuittingApp {
  on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown
  quit(): void
}

/** What {@link quitCleanly} works with. */
export interface QuitOptions {
  readonly app: QuittingApp
  /** Brings everything to its end. It may fail; the app quits all the same. */
  readonly close: () => Promise<void>
  /** What `close` may take, in milliseconds; 4,000. The storage is such that nothing acknowledged is lost by a cut. */
  readonly patienceMs?: number
  /** Told why closing failed. */
  readonly onError?: (error: unknown) => void
}

const PATIENCE_MS = 4000

/** Has the app close before it quits, whoever asks it to. */
export function quitCleanly({ app, close, patienceMs = PATIENCE_MS, onError }: QuitOptions): void {
  let step: 'running' | 'closing' | 'closed' = 'running'
  app.on('before-quit', event => {
    if (step === 'closed') return
    event.preventDefault()
    if (step === 'closing') return
    step = 'closing'
    void within(patienceMs, close)
      .catch(error => onError?.(error))
      .then(() => {
        step = 'closed'
        app.quit()
      })
  })
}

function within(patienceMs: number, close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Closing took longer than ${patienceMs} ms.`)), patienceMs)
    close()
      .then(resolve, reject)
      .finally(() => clearTimeout(late))
  })
}
