/** Which texts are shown as they are, and how much of long ones. */
import { describe, expect, test } from 'vitest'
import {
  isPlain,
  MAX_MARKDOWN,
  piecesOf,
  SHORT_LENGTH,
  shortened,
} from '../../../../../playground/console/src/timeline/plain.ts'
import { previewText } from '../../../../../playground/plain-text/preview.ts'

describe('A text', () => {
  test.each(['Hello, world.', '你好,我需要你的帮助', 'a line\nanother', '3.5 of 7', 'x'.repeat(MAX_MARKDOWN + 1)])(
    'is plain where Markdown would find nothing: %.30s',
    text => expect(isPlain(text)).toBe(true),
  )

  test.each(['**bold**', '`code`', '# head', '- item', '1. item', '> quote', 'https://example.org', '<b>', '    code'])(
    'is not plain where it would: %s',
    text => expect(isPlain(text)).toBe(false),
  )

  test('is shown whole where it is short', () => {
    expect(shortened('short')).toBeUndefined()
    expect(shortened('x'.repeat(SHORT_LENGTH))).toBeUndefined()
  })

  test('is shortened where it is long, or has many lines', () => {
    expect(shortened('x'.repeat(1_000_000))).toBe('x'.repeat(SHORT_LENGTH))
    expect(shortened('a\n'.repeat(100))?.split('\n')).toHaveLength(40)
  })

  test('is never cut within a character', () => {
    const text = `${'x'.repeat(SHORT_LENGTH - 1)}🎉🎉`
    expect(shortened(text)).toBe('x'.repeat(SHORT_LENGTH - 1))
  })

  test.each([
    ['one line', 'x'.repeat(100_000)],
    ['many lines', 'a line of text\n'.repeat(8000)],
    ['characters of two units', '🎉'.repeat(30_000)],
  ])('in pieces has each character once: %s', (_, text) => {
    const pieces = piecesOf(text)
    expect(pieces.length).toBeGreaterThan(5)
    expect(
      pieces
        .map(({ text }) => text)
        .join('')
        .replaceAll('\n', ''),
    ).toBe(text.replaceAll('\n', ''))
    expect(pieces.some(({ text }) => /[\ud800-\udbff]$/.test(text))).toBe(false)
  })

  test('is on one line in a preview', () => {
    expect(previewText('# Title\n\n- **bold** `code`', 80)).toBe('Title - bold code')
    expect(previewText('x'.repeat(100_000), 80)).toHaveLength(80)
  })
})
