/** How many schedules it takes to find each planted bug. */
import { join } from 'node:path'
import { bundleSimulation } from './bundle.ts'
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs.ts'
import { runProgram } from './run-programs.ts'

/** How often a bug was looked for, and how many schedules that took, the fewest first. */
export interface Measurement {
  readonly bug: PlantedBug
  readonly took: readonly number[]
}

/** Seeds of one search are this far from those of the next. */
const RANGE = 100_000

/** The number of schedules until a bug shows, from a seed on; `undefined` where it does not within so many. */
export async function schedulesUntilFound(program: string, first: number, within: number): Promise<number | undefined> {
  let schedules = 0
  for await (const { violations } of runProgram(program, { first, count: within }, { stop: true })) {
    schedules += 1
    if (violations.length > 0) return schedules
  }
  return undefined
}

/** Builds the program with a bug in it. */
export async function bundleWith(bug: PlantedBug, { root, folder }: { root: string; folder: string }): Promise<string> {
  const outfile = join(folder, `${bug.name.replaceAll(' ', '-')}.mjs`)
  await bundleSimulation({ root, outfile }, [bug])
  return outfile
}

/** Looks for each bug from several seeds. @throws where one is not found within a thousand schedules */
export async function* measurePlanted(
  places: { readonly root: string; readonly folder: string },
  searches: number,
): AsyncGenerator<Measurement> {
  for (const bug of PLANTED_BUGS) {
    const program = await bundleWith(bug, places)
    const took: number[] = []
    for (let search = 1; search <= searches; search++) {
      const schedules = await schedulesUntilFound(program, search * RANGE, 1000)
      if (schedules === undefined) throw new Error(`${bug.name} is not found from seed ${search * RANGE}.`)
      took.push(schedules)
    }
    yield { bug, took: took.sort((a, b) => a - b) }
  }
}
