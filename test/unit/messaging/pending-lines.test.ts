import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, PendingLines, type Waiting } from '../../../src/messaging/pending-lines.ts'

const LINES = ['a', 'b', 'c', 'd']
const time = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined })

/** What is done to the lines: a message is put into one or taken out, time passes, or they are only looked at. */
const change = fc.oneof(
  fc.record({
    what: fc.constant('put' as const),
    line: fc.constantFrom(...LINES),
    seq: fc.integer({ min: 1, max: 8 }),
    importance: fc.integer({ min: -1, max: 1 }),
    since: fc.integer({ min: 0, max: 9 }).map(String),
    heldUntil: time,
    notBefore: time,
  }),
  fc.record({
    what: fc.constant('delete' as const),
    line: fc.constantFrom(...LINES),
    seq: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({ what: fc.constant('pass' as const), by: fc.integer({ min: 0, max: 3 }) }),
)

/** What has to come out, the slow way. */
class Model {
  readonly messages = new Map<string, Waiting>()

  #lines(): Waiting[][] {
    const lines = LINES.map(line => [...this.messages.values()].filter(message => message.line === line))
    return lines.filter(line => line.length > 0).map(line => line.sort((a, b) => a.seq - b.seq))
  }

  turns(now: number): string[] {
    const rank = (line: Waiting[]) => Math.max(...line.map(({ importance }) => importance))
    const open = this.#lines().filter(line => opensAt(line) <= now)
    const since = (line: Waiting[]) => Number(line[0]?.since)
    open.sort((a, b) => rank(b) - rank(a) || since(a) - since(b))
    // Lines of the same rank and age may come in any order.
    return open.map(line => `${rank(line)} ${since(line)} ${line.map(({ seq }) => seq)}`)
  }

  nextTurnAt(now: number): number | undefined {
    const times = this.#lines()
      .map(opensAt)
      .filter(at => at > now)
    return times.length > 0 ? Math.min(...times) : undefined
  }
}

function opensAt(line: readonly Waiting[]): number {
  const held = line.map(({ heldUntil }) => heldUntil ?? Number.NEGATIVE_INFINITY)
  return Math.max(line[0]?.notBefore ?? Number.NEGATIVE_INFINITY, ...held)
}

function shown(line: Line): string {
  const messages = [...line.messages()]
  const rank = Math.max(...messages.map(({ importance }) => importance))
  return `${rank} ${messages[0]?.since} ${messages.map(({ seq }) => seq)}`
}

/** Those that are equal in rank and age, in one order. */
function settled(turns: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const turn of turns) {
    const key = turn.split(' ', 2).join(' ')
    groups.set(key, [...(groups.get(key) ?? []), turn].sort())
  }
  return [...groups].map(([key, group]) => [key, ...group])
}

test('Pending lines: whatever is put in and taken out, the turns come as the slow way finds them', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), changes => {
      const lines = new PendingLines()
      const model = new Model()
      let now = 0
      for (const step of changes) {
        if (step.what === 'pass') now += step.by
        else {
          const name = `${step.line}${step.seq}`
          if (step.what === 'put') {
            const { what: _, ...message } = step
            lines.put({ name, ...message })
            model.messages.set(name, { name, ...message })
          } else {
            lines.delete(step)
            model.messages.delete(name)
          }
        }
        const some = lines.turns(now)
        some.next()
        some.return(undefined) // one who takes only the first leaves the others as they were
        expect(settled([...lines.turns(now)].map(shown))).toEqual(settled(model.turns(now)))
        expect(lines.nextTurnAt(now)).toEqual(model.nextTurnAt(now))
      }
    }),
    { numRuns: 300 },
  )
})

test('Pending lines: a long line is left at its front without moving what follows', () => {
  const lines = new PendingLines()
  const message = (seq: number): Waiting => ({ name: `${seq}`, line: 'a', seq, importance: 0, since: '' })
  for (let seq = 1; seq <= 50_000; seq++) lines.put(message(seq))
  for (let seq = 1; seq < 50_000; seq++) {
    const [line] = lines.turns(0)
    const [first] = line?.messages() ?? []
    if (first?.seq !== seq) expect(first?.seq).toBe(seq)
    lines.delete(message(seq))
  }
  expect([...lines.turns(0)].map(shown)).toEqual(['0  50000'])
})
