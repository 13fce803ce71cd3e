/** What every command works with. */
import type { Terminal } from './terminal.ts'

/** One run of the command. */
export interface Context {
  readonly terminal: Terminal
  /** Aborts with `Interrupted` when the command is asked to stop: Ctrl-C, SIGTERM, or nobody reads its results. */
  readonly signal: AbortSignal
}
