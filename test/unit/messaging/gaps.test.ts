import { expect, test } from 'vitest'
import { addGap, isMissing, removeRange } from '../../../src/messaging/gaps.ts'
import type { Gap } from '../../../src/model/conversation.ts'
import { SeededRandom, testSeed } from '../../support/seeded-random.ts'

const range = (from: number, to: number): Gap => ({ from, to })

test('Gaps: a filled middle splits a gap, a filled end shortens it', () => {
  expect(removeRange([range(3, 9)], 5, 6)).toEqual([range(3, 4), range(7, 9)])
  expect(removeRange([range(3, 9)], 1, 4)).toEqual([range(5, 9)])
  expect(removeRange([range(3, 9)], 8, 20)).toEqual([range(3, 7)])
  expect(removeRange([range(3, 9)], 3, 9)).toEqual([])
})

test('Gaps: an empty range adds none', () => {
  expect(addGap([range(1, 2)], 5, 4)).toEqual([range(1, 2)])
})

test('Gaps: whatever is added and removed, they stay sorted, disjoint, and miss exactly what is missing', () => {
  const random = new SeededRandom(testSeed())
  const missing = new Set<number>()
  let gaps: Gap[] = []
  for (let step = 0; step < 2000; step++) {
    const from = random.integer(1, 60)
    const to = from + random.integer(-1, 8)
    const adds = random.number() < 0.5
    gaps = adds ? addGap(gaps, from, to) : removeRange(gaps, from, to)
    for (let seq = from; seq <= to; seq++) adds ? missing.add(seq) : missing.delete(seq)
    const found = Array.from({ length: 80 }, (_, seq) => seq).filter(seq => isMissing(gaps, seq))
    expect(found, `seed ${random.seed}, step ${step}`).toEqual([...missing].sort((a, b) => a - b))
    const sorted = gaps.every((gap, index) => gap.from <= gap.to && gap.from > (gaps[index - 1]?.to ?? 0))
    expect(sorted, `seed ${random.seed}, step ${step}`).toBe(true)
  }
})
