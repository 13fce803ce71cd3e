/** Messages on one line, for a list or a notification. */
import { readable } from './direction.ts'

/** The beginning of a text on one line, without what makes Markdown of it. */
export function previewText(text: string, length: number): string {
  return readable(text.slice(0, length * 2))
    .replace(/```\w*|[*_`#>~]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
}
