import { describe, expect, it } from 'vitest'
import { oneLine } from '../../../../adapters/cli/message-text.ts'
import { safeText, toJsonLine } from '../../../../adapters/cli/terminal.ts'

describe('A text of somebody else', () => {
  it('reaches a terminal without control characters, C1 ones included', () => {
    expect(safeText('a\u001b[31mb\u009b2Jc\rd\u0007e\u007f')).toBe('a\ufffd[31mb\ufffd2Jc\ufffdd\ufffde\ufffd')
  })

  it('keeps its line ends, tabs and letters of every script', () => {
    expect(safeText('一\n\t二 é 🙂')).toBe('一\n\t二 é 🙂')
  })

  it('is on one line where it is a name', () => {
    expect(oneLine('a\nb\tc\u2028d')).toBe('a b c d')
  })
})

describe('A line of JSON', () => {
  it('has a form for what JSON has none for', () => {
    const value = { big: 10n, map: new Map([['a', 1n]]), set: new Set([1, 2]), at: new Date(0) }
    expect(toJsonLine(value)).toBe('{"big":"10","map":{"a":"1"},"set":[1,2],"at":"1970-01-01T00:00:00.000Z"}')
  })

  it('is one line whatever it holds', () => {
    expect(toJsonLine({ text: 'a\nb' }).split('\n')).toHaveLength(1)
  })
})
