/** Runs bundled simulations in processes of their own, a range of seeds each, as many at once as there are cores. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import type { Outcome } from './simulation.ts'

/** Which schedules. */
export interface SeedRange {
  readonly first: number
  readonly count: number
}

/** How to run them. */
export interface ProgramOptions {
  /** End with the first violation. */
  readonly stop?: boolean
  /** Make the schedule smaller, where it shows one. */
  readonly shrink?: boolean
}

/** Runs schedules in one process; gives each outcome as it comes. */
export async function* runProgram(
  program: string,
  { first, count }: SeedRange,
  { stop = false, shrink = false }: ProgramOptions = {},
): AsyncGenerator<Outcome, void, void> {
  const options = [...(stop ? ['--stop'] : []), ...(shrink ? ['--shrink'] : [])]
  const range = ['--seed', String(first), '--count', String(count)]
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...range, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve, reject) => child.on('exit', resolve).on('error', reject))
  try {
    for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Outcome
    const code = await ended
    if (code !== 0) throw new Error(`The simulation of seeds from ${first} ended with ${code}.`)
  } finally {
    child.kill()
  }
}

/** Runs ranges one after the other, as many at once as there are cores, until none is left. */
export async function runRanges(
  program: string,
  ranges: Iterator<SeedRange>,
  onOutcome: (outcome: Outcome) => void,
  options: ProgramOptions = {},
): Promise<void> {
  const lane = async () => {
    for (let next = ranges.next(); !next.done; next = ranges.next()) {
      for await (const outcome of runProgram(program, next.value, options)) onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, lane))
}
