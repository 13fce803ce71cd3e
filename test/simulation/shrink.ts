/** Makes a schedule that shows a violation smaller: steps are left out while it shows the same one (delta debugging). */
import type { Schedule, Step } from './plan/schedule.ts'
import { type Outcome, runSchedule } from './simulation.ts'

/** A schedule that cannot be made smaller, or not within the runs that were allowed, and what it shows. */
export interface Shrunk {
  readonly schedule: Schedule
  readonly outcome: Outcome
  readonly runs: number
}

/** Shrinks a schedule whose first violation is known. Each try is a whole run, at most `maxRuns` of them. */
export async function shrink(schedule: Schedule, outcome: Outcome, maxRuns = 150): Promise<Shrunk> {
  const invariant = outcome.violations[0]?.invariant
  let best: Shrunk = { schedule, outcome, runs: 0 }
  let parts = 2
  let runs = 0
  while (best.schedule.steps.length > 0 && runs < maxRuns) {
    const { steps } = best.schedule
    const smaller = without(steps, parts)
    let found: Shrunk | undefined
    for (const rest of smaller) {
      if (found || runs >= maxRuns) break
      runs += 1
      const candidate = { ...schedule, steps: rest }
      const shown = await runSchedule(candidate)
      if (shown.violations[0]?.invariant === invariant) found = { schedule: candidate, outcome: shown, runs }
    }
    if (found) {
      best = found
      parts = Math.max(2, parts - 1)
    } else if (parts >= steps.length) break
    else parts = Math.min(steps.length, 2 * parts)
  }
  return { ...best, runs }
}

/** A list without each of so many parts of it. */
function without(steps: readonly Step[], parts: number): Step[][] {
  const size = Math.ceil(steps.length / parts)
  const starts = Array.from({ length: Math.ceil(steps.length / size) }, (_, index) => index * size)
  return starts.map(start => [...steps.slice(0, start), ...steps.slice(start + size)])
}
