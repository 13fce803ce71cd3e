import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  joinPositions,
  type Outcome,
  outcomeRank,
  type ReaderPosition,
  readerPositionSchema,
} from '../../../src/model/conversation.ts'

const rung = fc.option(fc.nat(20), { nil: undefined })
const outcome = fc.constantFrom<Outcome>('expired', 'failed', 'done')
const seq = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 + 3 })).map(String)
const outcomes = fc.option(fc.dictionary(seq, outcome), { nil: undefined })
const position = fc.record({ delivered: rung, read: rung, done: rung, outcomes }) as fc.Arbitrary<ReaderPosition>

describe('Positions of a reader', () => {
  test('are joined rung by rung, by maximum', () => {
    expect(joinPositions({ delivered: 5, read: 2 }, { delivered: 3, read: 4, done: 1 })).toEqual({
      delivered: 5,
      read: 4,
      done: 1,
    })
  })

  test('leave out what nothing is known of', () => {
    expect(joinPositions({}, { delivered: 0 })).toEqual({})
  })

  test('come out the same in whatever order, and however often, receipts arrive', () => {
    fc.assert(
      fc.property(fc.array(position, { minLength: 1 }), fc.array(fc.nat(), { minLength: 1 }), (receipts, picks) => {
        const once = receipts.reduce(joinPositions, {})
        const again = picks.map(pick => receipts[pick % receipts.length] ?? {})
        expect([...again, ...receipts.toReversed(), ...again].reduce(joinPositions, {})).toEqual(once)
      }),
    )
  })
})

describe('Outcomes of single messages', () => {
  const join = (...told: NonNullable<ReaderPosition['outcomes']>[]) =>
    told.map(outcomes => ({ outcomes })).reduce<ReaderPosition>(joinPositions, {}).outcomes

  test('are joined message by message: a failure is more than an expiry, and work that was done more than both', () => {
    expect(join({ '1': 'expired', '2': 'failed' }, { '1': 'failed', '3': 'done' })).toEqual({
      '1': 'failed',
      '2': 'failed',
      '3': 'done',
    })
    expect(join({ '1': 'done', '2': 'failed' }, { '1': 'failed', '2': 'expired' })).toEqual({
      '1': 'done',
      '2': 'failed',
    })
    expect(['expired', 'failed', 'done'].map(word => outcomeRank(word as Outcome))).toEqual([0, 1, 2])
  })

  test('are left out where there are none', () => {
    expect(joinPositions({ read: 1, outcomes: {} }, { outcomes: {} })).toEqual({ read: 1 })
    expect('outcomes' in joinPositions({}, { delivered: 1 })).toBe(false)
  })

  test('join the same whatever the order and the groups', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(joinPositions(a, b)).toEqual(joinPositions(b, a))
        expect(joinPositions(joinPositions(a, b), c)).toEqual(joinPositions(a, joinPositions(b, c)))
        expect(joinPositions(a, a)).toEqual(joinPositions(a, {}))
      }),
    )
  })

  test('are never lowered, nor invented, and have the same text where nothing has changed', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const joined = joinPositions(a, b)
        for (const told of [a, b]) {
          for (const [seq, outcome] of Object.entries(told.outcomes ?? {})) {
            expect(outcomeRank(joined.outcomes?.[seq])).toBeGreaterThanOrEqual(outcomeRank(outcome))
          }
        }
        for (const [seq, outcome] of Object.entries(joined.outcomes ?? {})) {
          expect([a.outcomes?.[seq], b.outcomes?.[seq]]).toContain(outcome)
        }
        for (const repeat of [a, b, {}]) {
          expect(JSON.stringify(joinPositions(joined, repeat))).toBe(JSON.stringify(joinPositions(joined, {})))
        }
      }),
    )
  })

  test('with keys that are properties of every object touch nothing else', () => {
    const hostile = JSON.parse('{"__proto__":"failed","constructor":"done","toString":"expired","1":"done"}')
    for (const joined of [join(hostile, {}), join({}, hostile), join(hostile, hostile)]) {
      expect(Object.getPrototypeOf(joined)).toBe(Object.prototype)
      expect(joined?.['1']).toBe('done')
    }
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
    expect('failed' in {}).toBe(false)
  })

  test('are checked whole: numbers from 1 that are exact, and known words', () => {
    const fits = (text: string) => v.safeParse(readerPositionSchema, { outcomes: JSON.parse(text) }).success
    for (const text of ['{}', '{"1":"done"}', '{"7":"failed","12":"expired","999999999999999":"done"}']) {
      expect([text, fits(text)]).toEqual([text, true])
    }
    const unfit = ['[]', '["done"]', 'null', '"done"', '5', '{"0":"done"}', '{"01":"done"}', '{"-1":"done"}']
    const numbers = ['{"1.5":"done"}', '{"1e3":"done"}', '{"":"done"}', '{" 1":"done"}', '{"9999999999999999":"done"}']
    const words = ['{"1":"read"}', '{"1":null}', '{"1":["done"]}', '{"1":{"2":"done"}}', '{"1":"done","x":"done"}']
    const names = ['{"__proto__":"done"}', '{"1":"done","constructor":"done"}', '{"toJSON":"done"}']
    for (const text of [...unfit, ...numbers, ...words, ...names]) expect([text, fits(text)]).toEqual([text, false])
  })
})
