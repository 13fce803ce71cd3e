/** What a loop of kills is given, in a test as in the long run. */
import type { SeededRandom } from './seeded-random.ts'

/** How to run a loop. */
export interface KillLoop {
  readonly kills: number
  readonly random: SeededRandom
  /** An empty folder for workspaces and data. */
  readonly folder: string
  /** Told after each kill that left everything as it should be. */
  readonly onKill?: (kill: number) => void
  /** Takes what has to be done when the loop has ended, however it ends. */
  readonly onEnd: (step: () => Promise<void>) => void
}
