/**
 * Characters that nobody sees and that turn the direction of those behind them: with them `gnp.exe` reads as `exe.png`.
 * Those that make letters read backwards are shown as what they are not: a character that is unknown.
 */

/** Stands where such a character was. */
const SHOWN = '\ufffd'

/** Marks, embeddings, overrides and isolates (Unicode Standard Annex #9, section 2). */
const CONTROLS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g

/** Overrides, and nothing else, turn letters around. */
const OVERRIDES = /[\u202d\u202e]/g

/** Embeddings also move what is around them; the isolate of the same direction keeps to itself. */
const EMBEDDINGS = /[\u202a-\u202c]/g
const ISOLATES: Readonly<Record<string, string>> = { '\u202a': '\u2066', '\u202b': '\u2067', '\u202c': '\u2069' }

/** A text that reads in the order in which it was written; what scripts of either direction need to stand together stays. */
export function readable(text: string): string {
  return text.replace(OVERRIDES, SHOWN).replace(EMBEDDINGS, control => ISOLATES[control] ?? SHOWN)
}

/** A name or a piece of a program, for which no direction has to be told: all of these characters are shown. */
export function plainName(name: string): string {
  return name.replace(CONTROLS, SHOWN)
}
