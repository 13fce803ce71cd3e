/** What was run where, and what came of it. */
import type { Outcome } from './programs/outcome.ts'

/** One suite on one runtime. */
export interface Row {
  readonly runtime: string
  readonly version: string
  readonly storage: string
  readonly suite: string
  readonly outcomes: readonly Outcome[]
  /** Why it was not run. */
  readonly leftOut?: string
}

/** Rows as a table for a terminal, with every failure below it and the sum at its end. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  const text = lines.map(line =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  )
  const { passed, failed, leftOut } = sum(rows)
  return [
    ...text,
    ...rows.flatMap(failures),
    '',
    `${passed} passed, ${failed} failed, ${leftOut} suites left out`,
  ].join('\n')
}

/** What all rows come to. Cases, and suites that were left out. */
export function sum(rows: readonly Row[]): {
  readonly passed: number
  readonly failed: number
  readonly leftOut: number
} {
  const outcomes = rows.flatMap(row => row.outcomes)
  const passed = outcomes.filter(outcome => outcome.passed).length
  const leftOut = rows.filter(row => row.leftOut !== undefined).length
  return { passed, failed: outcomes.length - passed, leftOut }
}

const HEAD = ['runtime', 'version', 'storage', 'suite', 'passed', 'failed', 'left out']

function cells({ runtime, version, storage, suite, outcomes, leftOut = '' }: Row): string[] {
  const passed = outcomes.filter(outcome => outcome.passed).length
  const counts = leftOut ? ['', ''] : [String(passed), String(outcomes.length - passed)]
  return [runtime, version, storage, suite, ...counts, leftOut]
}

function failures({ runtime, version, storage, suite, outcomes }: Row): string[] {
  return outcomes
    .filter(({ passed }) => !passed)
    .map(({ name, error = '' }) => `\nFAILED  ${runtime} ${version}, ${suite}, ${storage}: ${name}\n${error}`)
}
