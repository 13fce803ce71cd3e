/** The table of a run, for people, and the same as JSON. */
import { cpus, totalmem } from 'node:os'
import type { Goal, MeasuredRow, Row } from './measure.ts'

/** The machine and the moment of a run. */
export function machineLine(): string {
  const [first] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const parts = [`Node ${process.versions.node}`, `${process.platform} ${process.arch}`]
  return [...parts, `${cpus().length} × ${first?.model.trim() || 'unknown CPU'}`, memory, today()].join(', ')
}

/** A run as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const head = ['what', 'ours', 'the other', 'ratio', 'goal', 'verdict']
  const cells = [head, ...rows.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)))
  const [first, ...rest] = cells.map(line => `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  return [first, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...rest].join('\n')
}

/** A run for programs. */
export function json(rows: readonly Row[]): string {
  const results = rows.map(row => ('skipped' in row ? row : { ...row, ratio: ratioOf(row), verdict: verdict(row) }))
  return JSON.stringify({ machine: machineLine(), results }, undefined, 2)
}

function cellsOf(row: Row): string[] {
  if ('skipped' in row) return [row.what, '', '', '', '', `skipped: ${row.skipped}`]
  const { what, against, unit, ours, other, goal } = row
  const cells = [`${quantity(ours)} ${unit}`, `${quantity(other)} ${unit}`, `${quantity(ratioOf(row))}×`]
  return [`${what}, against ${against}`, ...cells, goalText(goal), verdict(row)]
}

/** Nothing against nothing is as good. */
function ratioOf({ ours, other }: MeasuredRow): number {
  return ours === other ? 1 : ours / other
}

function goalText(goal: Goal | undefined): string {
  if (!goal) return ''
  return 'atLeast' in goal ? `≥ ${goal.atLeast}×` : `≤ ${goal.atMost}×`
}

function verdict(row: MeasuredRow): string {
  if (!row.goal) return ''
  const ratio = ratioOf(row)
  return ('atLeast' in row.goal ? ratio >= row.goal.atLeast : ratio <= row.goal.atMost) ? 'met' : 'MISSED'
}

/** Three significant digits. */
function quantity(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}
