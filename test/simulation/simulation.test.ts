/** The simulation on the code as it is. `TEST_SEED` replays one seed; `npm run soak` runs on for as long as it is told. */
import { beforeAll, describe, expect, it } from 'vitest'
import { testSeed } from '../support/seeded-random.ts'
import { explain } from './report.ts'
import { runProgram, runRanges } from './run-programs.ts'
import type { Outcome } from './simulation.ts'
import { temporaryProgram } from './temporary-program.ts'

/** Seeds that once showed a bug of the product, or of the simulator. */
const PINNED = [
  1, 15, 24, 40, 107, 126, 166, 174, 252, 390, 963, 979, 997, 10_209, 10_287, 857_602_836, 858_057_341, 858_872_990,
  858_873_080, 859_940_857, 861_652_781,
]

const SCHEDULES = 200
const CHUNK = 10
const TIME_MS = 240_000

let program: string
beforeAll(async () => {
  program = await temporaryProgram()
})

async function outcomesOf(ranges: readonly { first: number; count: number }[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  await runRanges(program, ranges.values(), outcome => outcomes.push(outcome), { shrink: true })
  return outcomes
}

function requireFine(outcomes: readonly Outcome[]): void {
  const broken = outcomes.filter(({ violations }) => violations.length > 0)
  expect(broken.map(explain).join('\n\n')).toBe('')
}

describe('Simulation', () => {
  it('keeps every promise in schedules that once broke one', { timeout: TIME_MS }, async () => {
    const outcomes = await outcomesOf(PINNED.map(first => ({ first, count: 1 })))
    expect(outcomes).toHaveLength(PINNED.length)
    requireFine(outcomes)
  })

  it('keeps every promise in schedules that nobody has seen', { timeout: TIME_MS }, async () => {
    const first = testSeed()
    const count = process.env['TEST_SEED'] === undefined ? SCHEDULES : 1
    const chunks = Array.from({ length: Math.ceil(count / CHUNK) }, (_, index) => first + index * CHUNK)
    const outcomes = await outcomesOf(chunks.map(seed => ({ first: seed, count: Math.min(CHUNK, count) })))
    requireFine(outcomes)
    const accepted = outcomes.reduce((sum, { counts }) => sum + (counts['messages accepted'] ?? 0), 0)
    expect(accepted).toBeGreaterThan(outcomes.length)
  })

  it('does the same for the same seed, in another process too', { timeout: TIME_MS }, async () => {
    const runs = await Promise.all([1, 2].map(() => hashes({ first: 500, count: 5 })))
    const alone = await hashes({ first: 503, count: 1 })
    expect(runs[0]).toEqual(runs[1])
    expect(alone).toEqual([runs[0]?.[3]])
    expect(new Set(runs[0]).size).toBe(5)
  })
})

async function hashes(range: { first: number; count: number }): Promise<string[]> {
  const found: string[] = []
  for await (const { hash } of runProgram(program, range)) found.push(hash)
  return found
}
