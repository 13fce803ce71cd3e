/** Why a message was found. */
import { describe, expect, test } from 'vitest'
import { excerpt, marks } from '../../../../../playground/console/src/search/excerpt.ts'

describe('An excerpt', () => {
  test('begins shortly before the first word that was found', () => {
    const text = excerpt(`${'before '.repeat(50)}needle${' after'.repeat(50)}`, 'NEEDLE')
    expect(text).toContain('needle')
    expect(text.startsWith('…')).toBe(true)
    expect(text.endsWith('…')).toBe(true)
    expect(text.length).toBeLessThan(240)
  })

  test('marks every word, Chinese too, wherever it stands', () => {
    const marked = (text: string, query: string) =>
      marks(text, query)
        .filter(({ isMarked }) => isMarked)
        .map(({ text }) => text)
    expect(marked('失败的都和时区有关', '时区')).toEqual(['时区'])
    expect(marked('Red, green and RED', 'red green')).toEqual(['Red', 'green', 'RED'])
  })

  test('takes the words for what they are, not for a pattern', () => {
    expect(marks('a.b (c) [d]', '.* ( [')).toMatchObject([{}, { text: '(' }, {}, { text: '[' }, {}])
    expect(marks('text', '')).toEqual([{ text: 'text', at: 0, isMarked: false }])
  })

  test('loses nothing', () => {
    const pieces = marks('one two one', 'one')
    expect(pieces.map(({ text }) => text).join('')).toBe('one two one')
  })
})
