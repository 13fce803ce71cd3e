/** What an agent that works answers, and whoever asked can check. */

/** The answer to a text. */
export function answerTo(text: string): string {
  return `${text.length}: ${text}`
}
