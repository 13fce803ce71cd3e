/**
 * Runs the simulation for as long as it is told to, on all cores.
 *
 *   npm run soak -- [--hours <n>] [--from <seed>]     schedule after schedule
 *   npm run soak -- --seed <n>      one schedule again, made as small as it can be
 *   npm run soak -- --planted [--searches <n>]        how many schedules it takes to find each planted bug
 *
 * A line that counts goes to standard error, the table to standard output. Ends with 1 where a promise was broken.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleSimulation } from '../simulation/bundle.ts'
import { measurePlanted } from '../simulation/measure-planted.ts'
import { explain, Report } from '../simulation/report.ts'
import { runProgram, runRanges, type SeedRange } from '../simulation/run-programs.ts'

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '0.5' },
    from: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
    searches: { type: 'string', default: '5' },
  },
})

const HOUR_MS = 3_600_000
const CHUNK = 20
const PROGRESS_MS = 10_000

const root = process.cwd()
await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
/** Within the repository, so that the bundles find what they do not hold. */
const folder = await mkdtemp(join(root, 'node_modules/.cache/simulation-'))
try {
  if (values.planted) await measure()
  else if (values.seed !== undefined) await again(Number(values.seed))
  else await soak(Number(values.hours) * HOUR_MS)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function bundle(): Promise<string> {
  const outfile = join(folder, 'program.mjs')
  await bundleSimulation({ root, outfile })
  return outfile
}

async function soak(lastsMs: number): Promise<void> {
  const report = new Report()
  const program = await bundle()
  const progress = setInterval(() => console.error(report.line), PROGRESS_MS)
  await runRanges(program, chunksUntil(Date.now() + lastsMs), outcome => {
    report.add(outcome)
    if (outcome.violations.length > 0) console.error(explain(outcome))
  })
  clearInterval(progress)
  console.log(report.table)
  if (report.violations.length > 0) process.exitCode = 1
}

function* chunksUntil(end: number): Generator<SeedRange, void, void> {
  for (let first = Number(values.from); Date.now() < end; first += CHUNK) yield { first, count: CHUNK }
}

async function again(seed: number): Promise<void> {
  for await (const outcome of runProgram(await bundle(), { first: seed, count: 1 }, { shrink: true })) {
    const isFine = outcome.violations.length === 0
    console.log(isFine ? `Seed ${seed} breaks nothing; trace ${outcome.hash}.` : explain(outcome))
    if (!isFine) process.exitCode = 1
  }
}

async function measure(): Promise<void> {
  console.log('| planted bug | median number of schedules | of |\n| --- | ---: | --- |')
  for await (const { bug, took } of measurePlanted({ root, folder }, Number(values.searches)))
    console.log(`| ${bug.name} | ${took[Math.floor(took.length / 2)]} | ${took.join(', ')} |`)
}
