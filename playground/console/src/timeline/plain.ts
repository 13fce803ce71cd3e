/** Which texts need no Markdown: most of what people say, and all that is too long to be parsed for a glance. */

/** What may mean something to Markdown. */
const MARKED = /[`*_~#<>|[\]&\\]|https?:|www\.|@|^\s*([-+]|\d+[.)])\s|^(\t| {4})|^\s*(-{3,}|={3,})\s*$/m

/** Longer texts are shown as they are. */
export const MAX_MARKDOWN = 50_000

/** How much of a long text is shown until all of it is asked for. */
export const SHORT_LENGTH = 3000
const SHORT_LINES = 40

/** Whether a text is shown as it is. */
export function isPlain(text: string): boolean {
  return text.length > MAX_MARKDOWN || !MARKED.test(text)
}

/** The beginning of a long text; `undefined` where all of it is short enough. */
export function shortened(text: string): string | undefined {
  let end = Math.min(text.length, SHORT_LENGTH)
  let at = -1
  for (let line = 0; line < SHORT_LINES; line++) {
    at = text.indexOf('\n', at + 1)
    if (at < 0 || at > end) break
  }
  if (at >= 0 && at < end) end = at
  if (end >= text.length) return undefined
  // A character of two units stays whole.
  const beginning = text.slice(0, end)
  return /[\ud800-\udbff]$/.test(beginning) ? beginning.slice(0, -1) : beginning
}

/** How long the pieces of a huge text are, about. */
const PIECE = 6000

/** A huge text in pieces, each with where it begins: cut at ends of lines, and where there is none for long, anywhere. */
export function piecesOf(text: string): { readonly at: number; readonly text: string }[] {
  const pieces: { readonly at: number; readonly text: string }[] = []
  for (let at = 0; at < text.length; ) {
    const lineEnd = text.lastIndexOf('\n', at + PIECE) + 1
    const cut = lineEnd > at ? lineEnd : Math.min(text.length, at + PIECE)
    const end = /[\ud800-\udbff]/.test(text.charAt(cut - 1)) ? cut + 1 : cut
    pieces.push({ at, text: text.slice(at, lineEnd > at ? end - 1 : end) })
    at = end
  }
  return pieces
}
