/** A list that changes at both ends, in stages that a virtual list can follow. */
import { describe, expect, test } from 'vitest'
import type { Row } from '../../../../../playground/console/src/timeline/rows.ts'
import { nextStage } from '../../../../../playground/console/src/timeline/stages.ts'

function rows(from: number, to: number): Row[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ message: { id: `m-${from + index}` } }) as Row)
}

const ids = (rows: readonly Row[]) => [rows.at(0)?.message.id, rows.at(-1)?.message.id]

/** Each stage on the way: its ends, and whether the places count from the end. */
function stagesOf(drawn: readonly Row[], target: readonly Row[]) {
  const stages = []
  for (let now = drawn; ; ) {
    const stage = nextStage(now, target)
    stages.push([...ids(stage.rows), stage.shift])
    if (stage.isLast) return stages
    now = stage.rows
  }
}

describe('A timeline whose rows change', () => {
  test.each([
    ['for the first time', [], rows(1, 3), [['m-1', 'm-3', false]]],
    ['at the end only', rows(1, 3), rows(1, 5), [['m-1', 'm-5', false]]],
    ['at the beginning only', rows(5, 9), rows(1, 9), [['m-1', 'm-9', true]]],
    ['losing its beginning', rows(1, 9), rows(4, 9), [['m-4', 'm-9', true]]],
    ['altogether', rows(1, 3), rows(7, 9), [['m-7', 'm-9', false]]],
  ])('%s is drawn at once', (_, drawn, target, expected) => {
    expect(stagesOf(drawn, target)).toEqual(expected)
  })

  test('at its beginning while it loses its end loses the end first', () => {
    const expected = [
      ['m-5', 'm-8', false],
      ['m-1', 'm-8', true],
    ]
    expect(stagesOf(rows(5, 12), rows(1, 8))).toEqual(expected)
  })

  test('at its end while it loses its beginning loses the beginning first', () => {
    const expected = [
      ['m-5', 'm-8', true],
      ['m-5', 'm-12', false],
    ]
    expect(stagesOf(rows(1, 8), rows(5, 12))).toEqual(expected)
  })
})
