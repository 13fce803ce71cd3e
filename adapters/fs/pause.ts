/** Waits, by the clock that was handed in. */
import type { Clock } from '../../src/index.ts'

/** Resolves after so many milliseconds. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise(resolve => clock.schedule(resolve, delayMs))
}
