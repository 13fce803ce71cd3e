/**
 * Runs schedules and tells of each on standard output, one JSON text a line. Bundled by `bundle.ts`, with or without a planted
 * bug, and run in processes of its own: so a seed means the same wherever it is run.
 *
 *   program --seed <first> [--count <n>] [--stop] [--shrink] [--trace <lines>]
 */
import { parseArgs } from 'node:util'
import { makeSchedule } from './plan/make-schedule.ts'
import { shrink } from './shrink.ts'
import { type Outcome, runSchedule } from './simulation.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    shrink: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    trace: { type: 'string', default: '0' },
  },
})

const first = Number(values.seed)
for (let seed = first; seed < first + Number(values.count); seed++) {
  const outcome = await run(seed)
  console.log(JSON.stringify(outcome))
  if (values.stop && outcome.violations.length > 0) break
}

async function run(seed: number): Promise<Outcome> {
  const schedule = makeSchedule(seed)
  const outcome = await runSchedule(schedule, { traceLines: Number(values.trace) })
  if (!values.shrink || outcome.violations.length === 0) return outcome
  const shrunk = await shrink(schedule, outcome)
  return {
    ...outcome,
    shrunk: { steps: shrunk.schedule.steps, violations: shrunk.outcome.violations, runs: shrunk.runs },
  }
}
