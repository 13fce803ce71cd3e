/** Runs the suite without a test runner. */
import type { ConformanceCase, ConformanceSubject } from './case.ts'
import { storageConformance } from './suite.ts'

/** What became of one case. */
export interface ConformanceOutcome {
  readonly name: string
  readonly passed: boolean
  /** Why it did not pass. */
  readonly error?: unknown
}

/** What became of all cases. */
export interface ConformanceReport {
  readonly passed: number
  readonly failed: number
  readonly outcomes: readonly ConformanceOutcome[]
}

/** Runs cases one after the other. A case that fails does not stop the next; nothing is thrown. */
export async function runConformance(
  subject: ConformanceSubject,
  cases: readonly ConformanceCase[] = storageConformance,
): Promise<ConformanceReport> {
  const outcomes: ConformanceOutcome[] = []
  for (const item of cases) outcomes.push(await outcomeOf(item, subject))
  const passed = outcomes.filter(outcome => outcome.passed).length
  return { passed, failed: outcomes.length - passed, outcomes }
}

async function outcomeOf({ name, run }: ConformanceCase, subject: ConformanceSubject): Promise<ConformanceOutcome> {
  try {
    await run(subject)
    return { name, passed: true }
  } catch (error) {
    return { name, passed: false, error }
  }
}
