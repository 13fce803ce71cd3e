/** One process for each app: two would contend for the workspaces, and show everything twice. */

/** Of Electron's `app`, what is used. */
export interface SingleInstanceApp {
  requestSingleInstanceLock(): boolean
  quit(): void
  on(event: 'second-instance', listener: SecondInstanceListener): unknown
}

/** Told of a second start by Electron. */
export type SecondInstanceListener = (event: unknown, argv: string[], workingDirectory: string) => void

/** A second start of the app, which has ended already. */
export interface SecondStart {
  readonly argv: readonly string[]
  readonly workingDirectory: string
}

/** What the first process does of a second start. */
export interface SingleInstanceOptions {
  readonly app: SingleInstanceApp
  /** Normally shows and focuses a window, and goes where the arguments lead. */
  readonly onSecond: (start: SecondStart) => void
}

/**
 * Says whether this process is the app. Where it is not, the one that is has been told, and this one quits: it must open
 * nothing.
 */
export function singleInstance({ app, onSecond }: SingleInstanceOptions): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return false
  }
  app.on('second-instance', (_event, argv, workingDirectory) => onSecond({ argv, workingDirectory }))
  return true
}
