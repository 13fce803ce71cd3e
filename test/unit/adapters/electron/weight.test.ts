import { describe, expect, it } from 'vitest'
import { weightOfText } from '../../../../adapters/electron/weight.ts'

describe('The weight of a text', () => {
  it.each([
    ['"a, [b], {c}"', 0],
    ['"a \\", [b"', 0],
    ['"a \\\\", [1', 2],
    ['[{"a":[1,2]},{}]', 6],
    ['', 0],
  ])('is that of its characters and values: %s', (text, values) => {
    expect(weightOfText(text)).toBe(text.length + 256 * values)
  })
})
