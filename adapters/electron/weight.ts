/** What it costs to read a text: a hostile page would otherwise keep the main process busy with a few of them. */

/** What each value in a text weighs beside its length, in characters: far more time goes into making it and looking at it. */
const CHARACTERS_PER_VALUE = 256

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = ['"', '\\', ',', '[', '{'].map(mark => mark.charCodeAt(0))

/** The weight of a text that may be JSON, in characters: as many as it has, and more for what it is made of. */
export function weightOfText(text: string): number {
  let values = 0
  let isWithinText = false
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at)
    if (mark === QUOTE) isWithinText = !isWithinText
    else if (isWithinText) at += mark === BACKSLASH ? 1 : 0
    else if (mark === COMMA || mark === BRACKET || mark === BRACE) values += 1
  }
  return text.length + values * CHARACTERS_PER_VALUE
}
