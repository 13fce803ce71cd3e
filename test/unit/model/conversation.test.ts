import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinPositions, type ReaderPosition } from '../../../src/model/conversation.ts'

const rung = fc.option(fc.nat(20), { nil: undefined })
const position = fc.record({ delivered: rung, read: rung, done: rung }) as fc.Arbitrary<ReaderPosition>

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
