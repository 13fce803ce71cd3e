/** Which values count. */
import { expect, test } from 'vitest'
import { counts, Generations, NO_MARKS } from '../../../../adapters/unstorage/generations.ts'

const MANY = 1_000

test('A generation that failed never counts, however many fail after it', () => {
  const generations = new Generations()
  generations.follow(NO_MARKS, 0)
  const failed = Array.from({ length: MANY }, () => {
    const generation = generations.begin()
    generations.fail(generation)
    return generation
  })
  const last = generations.begin()
  generations.settle(last)
  const marks = generations.marks(true)
  expect(failed.filter(generation => counts(generation, marks))).toEqual([])
  expect(counts(last, marks)).toBe(true)
  expect(marks.void).toHaveLength(1)
})

test('Nor does what an owner left that ended without closing, however often that happens', () => {
  let marks = NO_MARKS
  const first = new Generations()
  first.follow(marks, 0)
  const left = first.begin()
  marks = first.marks(false)
  for (let owner = 0; owner < MANY; owner++) {
    const generations = new Generations()
    generations.follow(marks, 0)
    marks = generations.marks(false)
  }
  const last = new Generations()
  last.follow(marks, 0)
  last.settle(last.begin())
  expect(counts(left, last.marks(true))).toBe(false)
})
