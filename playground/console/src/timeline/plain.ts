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

/** The beginning of a text on one line, without what makes Markdown of it. */
export function previewText(text: string, length: number): string {
  return text
    .slice(0, length * 2)
    .replace(/```\w*|[*_`#>~]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
}
