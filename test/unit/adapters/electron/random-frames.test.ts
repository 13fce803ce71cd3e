import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CLAIM_METHODS, METHODS, SAYINGS } from '../../../../adapters/electron/method-shapes.ts'
import { WindowBudget } from '../../../../adapters/electron/window-budget.ts'
import { WindowCalls } from '../../../../adapters/electron/window-calls.ts'
import { IMError } from '../../../../src/index.ts'
import { AppWorld } from '../../../support/app-world.ts'

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  '$undefined',
  '$number',
  '$error',
  '$data',
  'data',
  'text',
  'to',
  'id',
]

/** JSON that likes the names that mean something. */
const json = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 0, -1, 1e300, '', 'bob', 'x'.repeat(300)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 5 })), tie('value')), { maxLength: 4 })
      .map(entries =>
        JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`),
      ),
  ),
})).value

const names = fc.constantFrom(...Object.keys({ ...METHODS, ...SAYINGS, ...CLAIM_METHODS }), 'constructor', '__proto__')

/** Parameters that are nearly those of a call. */
const params = fc.oneof(
  json,
  fc.record({ id: fc.oneof(fc.nat(20), json), name: names, args: fc.oneof(fc.array(json, { maxLength: 3 }), json) }),
  fc.record({ run: fc.nat(5), method: names, what: json }),
  fc.record({ token: fc.string(), method: names, args: fc.array(json, { maxLength: 2 }) }),
  fc.record({ id: fc.nat(5), options: json }),
  fc.record({ version: fc.oneof(fc.constant(1), json), agentId: fc.oneof(fc.constant(null), json) }),
)
const calls = fc.constantFrom(
  'attach',
  'call',
  'abort',
  'subscribe',
  'handle',
  'work',
  'remove',
  'say',
  'claim',
  'pulse',
  'run',
)

const frames = fc.oneof(
  fc.record({ jsonrpc: fc.constant('2.0'), id: fc.oneof(fc.nat(30), fc.string(), json), method: calls, params }),
  fc.record({ jsonrpc: fc.constant('2.0'), method: calls, params }),
  fc.record({ jsonrpc: fc.constant('2.0'), id: fc.oneof(fc.nat(30), json), result: json }),
  json,
)

it('Whatever crosses is made of known parts, and what does not is refused with an error of the house', () => {
  let crossed = 0
  fc.assert(
    fc.property(calls, params, (method, given) => {
      const before = JSON.stringify(given)
      try {
        const crossing = new WindowCalls(new WindowBudget()).crossing(method, given)
        crossed += 1
        expect(JSON.stringify(crossing.params)).not.toMatch(/"(__proto__|constructor|prototype)":/)
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof IMError)) throw error
      }
      expect(JSON.stringify(given)).toBe(before)
    }),
    { numRuns: 3000 },
  )
  expect(crossed).toBeGreaterThan(30)
})

it('Handlers of a window end in an answer, whatever the window says of them', () => {
  fc.assert(
    fc.property(json, result => {
      const answer = new WindowCalls(new WindowBudget()).answer('run', result) as object
      expect(Object.keys(answer)).toHaveLength(1)
      expect(JSON.stringify(answer)).not.toMatch(/"(__proto__|constructor|prototype)":/)
    }),
  )
})

it('An owner is not disturbed by random frames of a window, and another window goes on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { minLength: 20, maxLength: 60 }), async texts => {
      const app = await AppWorld.start()
      const page = await app.hostile()
      for (const frame of texts) page.send(frame)
      await app.world.pass(10)
      const client = app.client(app.window())
      const { id } = await client.sendMessage({ to: 'carol', text: 'all is well' })
      await app.world.pass(10)
      expect(await client.getRecipients(id)).toHaveLength(1)
      expect(app.errors.filter(({ code }) => code !== 'HANDLER_FAILED')).toEqual([])
      await app.world.end()
    }),
    { numRuns: 30 },
  )
})
