/** The work of the sample employee. */

/** How many words of a text are named. */
const MOST_FREQUENT = 3

/** Says how many words and characters a text has, and which words come most often. Finds the words of Chinese too. */
export function describeText(text: string): string {
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase())
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_FREQUENT)
  const list = frequent.map(([word, count]) => `${word} (${count})`).join(', ')
  return `${words.length} words, ${[...text].length} characters${list && `; most frequent: ${list}`}`
}
