/**
 * File names for arbitrary text: readable where the text is, one name for each text and one text for each name, also on
 * file systems that ignore case or rewrite Unicode (Windows, macOS), and never a path.
 */
import { createHash } from 'node:crypto'

/** Ids whose encoding is longer are cut; with every suffix a name stays below the 255 bytes of all file systems. */
const MAX_NAME_BYTES = 150

/** `~` and 128 bits of SHA-256. */
const CUT_SUFFIX_BYTES = 33

const EMPTY = '%-'

/** Names of devices on Windows, whatever follows their first dot. */
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/

const PLAIN = /^[a-z0-9_.-]$/

/**
 * Letters without case that no Unicode normalisation touches. Fixed ranges, not `\p{Lo}`: a name must not change
 * when a runtime learns a newer Unicode. Hebrew, Arabic, Devanagari, Thai, kana, Chinese.
 */
const LETTER =
  /^[\u05d0-\u05ea\u0620-\u063f\u0641-\u064a\u0904-\u0939\u0e01-\u0e30\u3041-\u3096\u30a1-\u30fa\u3400-\u4db5\u4e00-\u9fa5\u{20000}-\u{2a6d6}]$/u

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD']

/** The name of a text, and whether the text can be read back from it with {@link decodeFileName}. */
export interface FileName {
  readonly name: string
  readonly reversible: boolean
}

/**
 * Encodes a text as a file name without a suffix. Lower-case ASCII letters, digits, `-`, `_`, `.` (not first) and
 * {@link LETTER} stand for themselves; `^x` is `X`; `%` and two digits are a byte of UTF-8; `%u` and four digits are a lone
 * surrogate. A longer name than 150 bytes ends in `~` and a hash of the whole.
 */
export function encodeFileName(text: string): FileName {
  if (text === '') return { name: EMPTY, reversible: true }
  const tokens = Array.from(text, encodeCharacter)
  if (text.startsWith('.')) tokens[0] = percent('.')
  if (RESERVED.test(tokens.join(''))) tokens[0] = percent(text.charAt(0))
  const name = tokens.join('')
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return { name, reversible: true }
  return { name: cut(name, tokens), reversible: false }
}

/** The text of a name, or `undefined` where no text has this name or the name was cut. */
export function decodeFileName(name: string): string | undefined {
  if (name === EMPTY) return ''
  try {
    const text = name.replace(/\^([a-z])|%u([0-9a-f]{4})|(?:%[0-9a-f]{2})+/g, (token, upper, surrogate) => {
      if (upper) return upper.toUpperCase()
      return surrogate ? String.fromCharCode(Number.parseInt(surrogate, 16)) : decodeURIComponent(token)
    })
    const back = encodeFileName(text)
    return back.reversible && back.name === name ? text : undefined
  } catch {
    return undefined // bytes that are not UTF-8: not a name of ours
  }
}

function encodeCharacter(character: string): string {
  if (PLAIN.test(character)) return character
  if (/^[A-Z]$/.test(character)) return `^${character.toLowerCase()}`
  if (/^[\ud800-\udfff]$/.test(character)) return `%u${character.charCodeAt(0).toString(16)}`
  if (LETTER.test(character) && NORMAL_FORMS.every(form => character.normalize(form) === character)) return character
  return percent(character)
}

function percent(character: string): string {
  return Buffer.from(character).toString('hex').replace(/../g, '%$&')
}

function cut(name: string, tokens: readonly string[]): string {
  let head = ''
  let bytes = 0
  for (const token of tokens) {
    bytes += Buffer.byteLength(token)
    if (bytes > MAX_NAME_BYTES - CUT_SUFFIX_BYTES) break
    head += token
  }
  return `${head}~${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
}
