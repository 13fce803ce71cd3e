import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFileName, encodeFileName } from '../../../../adapters/fs/file-name.ts'

const name = (text: string) => encodeFileName(text).name

/** Texts that file systems confuse: cases, Unicode forms, devices, paths, lone surrogates, long ones that differ at the end. */
const PIECES = [
  ...['a', 'A', 'b', '.', '..', '/', '\\', ':', '%', '^', '~', '-', ' ', '|', '*', '\0', '\n', 'con', 'NUL', 'lpt1'],
  ...['\u00e9', 'e\u0301', '\u212b', '\u00c5', '\uac00', '\u1100\u1161', '\u304c', '\u304b\u3099', '\u4e2d', '\uf900'],
  ...['ß', 'ẞ', 'ı', 'İ', 'ﬁ', 'Σ', 'ς', '\ud800', '\udc00', '😀', '𠀀', '%u', '%61', '^a', 'x'.repeat(160)],
]
const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map(units => String.fromCharCode(...units)),
)

/** What the least faithful file systems make of a name: case is ignored, Unicode is brought into one form. */
const asSeenBy = (text: string): string[] =>
  ['NFC', 'NFD', 'NFKC', 'NFKD'].map(form => text.normalize(form).toUpperCase().toLowerCase())

describe('encodeFileName', () => {
  it('keeps what is readable', () => {
    expect(name('alice-2_b.c')).toBe('alice-2_b.c')
    expect(name('会话')).toBe('会话')
    expect(name('#ubuntu/2004-11-15_03')).toBe('%23ubuntu%2f2004-11-15_03')
    expect(name('Matt|')).toBe('^matt%7c')
    expect(name('../x')).toBe('%2e.%2fx')
    expect(name('CON')).toBe('^c^o^n')
    expect(name('con')).toBe('%63on')
    expect(name('com1.txt')).toBe('%63om1.txt')
    expect(name('')).toBe('%-')
    expect(name('\ud800')).toBe('%ud800')
  })

  it('gives different texts different names, whatever a file system does to case and Unicode forms', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        fc.pre(a !== b)
        const [first, second] = [asSeenBy(name(a)), asSeenBy(name(b))]
        for (const [form, seen] of first.entries()) expect(seen).not.toBe(second[form])
      }),
      { numRuns: 3000 },
    )
  })

  it('gives names that every file system takes, inside the folder', () => {
    fc.assert(
      fc.property(hostileText, text => {
        const encoded = name(text)
        expect(encoded).toMatch(/^[^/\\:*?"<>|\u0000-\u001f\u007fA-Z]+$/)
        expect(encoded.startsWith('.')).toBe(false)
        expect(`${encoded}.jsonl`).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i)
        expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(150)
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(encoded.normalize(form)).toBe(encoded)
      }),
      { numRuns: 3000 },
    )
  })

  it('is undone by decodeFileName, unless the name was cut', () => {
    fc.assert(
      fc.property(hostileText, text => {
        const { name: encoded, reversible } = encodeFileName(text)
        expect(decodeFileName(encoded)).toBe(reversible ? text : undefined)
      }),
      { numRuns: 3000 },
    )
  })

  it('cuts between characters and keeps texts apart that differ at their end only', () => {
    const long = '会'.repeat(100)
    expect(name(`${long}a`)).toMatch(/^会{39}~[0-9a-f]{32}$/)
    expect(name(`${long}a`)).not.toBe(name(`${long}b`))
    expect(name(`con.${'x'.repeat(160)}`)).toMatch(/^%63on\.x+~[0-9a-f]{32}$/)
    expect(name(`.${'x'.repeat(160)}`)).toMatch(/^%2ex+~[0-9a-f]{32}$/)
    expect(name('é'.repeat(100))).toMatch(/^(%c3%a9)+~[0-9a-f]{32}$/)
  })
})

describe('decodeFileName', () => {
  it('takes no name that encodeFileName does not give', () => {
    for (const foreign of ['%41', '%2E', 'A', '.a', '%', '%ff', '^1', 'con', 'x~0', '%61', '%ud83d%ude00', '\u304c']) {
      expect(decodeFileName(foreign)).toBeUndefined()
    }
  })
})
