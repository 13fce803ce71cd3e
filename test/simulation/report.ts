/** What a soak has done, for people. */
import { Counts } from './counts.ts'
import type { Outcome } from './simulation.ts'

const HOUR_MS = 3_600_000

/** Adds outcomes up. */
export class Report {
  readonly violations: Outcome[] = []
  readonly #counts = new Counts()
  readonly #startedAt = Date.now()
  #schedules = 0
  #simulatedMs = 0
  #events = 0

  /** Takes an outcome in. */
  add(outcome: Outcome): void {
    this.#schedules += 1
    this.#simulatedMs += outcome.simulatedMs
    this.#events += outcome.events
    this.#counts.join(outcome.counts)
    if (outcome.violations.length > 0) this.violations.push(outcome)
  }

  /** One line that says how far it is. */
  get line(): string {
    const rows = this.#totals().map(([name, count]) => `${count} ${name}`)
    return rows.join(', ')
  }

  /** Everything that was counted, as Markdown. */
  get table(): string {
    const rows = [
      ...this.#totals(),
      ...Object.entries(this.#counts.all()).map(([name, count]) => [name, number(count)]),
    ]
    return ['| what | how many |', '| --- | ---: |', ...rows.map(([name, count]) => `| ${name} | ${count} |`)].join(
      '\n',
    )
  }

  #totals(): [string, string][] {
    const { killed, faults } = this.#sums()
    return [
      ['minutes', ((Date.now() - this.#startedAt) / 60_000).toFixed(1)],
      ['schedules', number(this.#schedules)],
      ['simulated hours', number(Math.round(this.#simulatedMs / HOUR_MS))],
      ['events', number(this.#events)],
      ['messages', number(this.#counts.get('messages sent'))],
      ['crashes', number(killed)],
      ['other faults', number(faults)],
      ['violations', number(this.violations.length)],
    ]
  }

  #sums(): { killed: number; faults: number } {
    let killed = 0
    let faults = 0
    for (const [name, count] of Object.entries(this.#counts.all())) {
      if (name.includes('killed')) killed += count
      else if (/^(disk|network|clock|server: )/.test(name)) faults += count
    }
    return { killed, faults }
  }
}

/** What was violated, what is left of the schedule, and how to see it again. */
export function explain({ seed, violations, shrunk }: Outcome): string {
  const shown = (shrunk?.violations ?? violations).slice(0, 3)
  const lines = shown.map(({ invariant, details, at }) => `  ${invariant} (after ${at.toFixed(3)} ms)\n    ${details}`)
  const steps = shrunk?.steps.map(step => `  ${JSON.stringify(step)}`) ?? []
  const left = shrunk ? [`The steps that it takes, found in ${shrunk.runs} runs:`, ...steps] : []
  return [`Seed ${seed} violates:`, ...lines, ...left, `Again: npm run soak -- --seed ${seed}`].join('\n')
}

function number(value: number): string {
  return value.toLocaleString('en')
}
