/**
 * Gathers the messages of one turn into few frames. Whatever settles a group, a commit on either side, sends many short
 * messages at once, and a frame of its own costs more than what such a message says.
 */

/** A frame that has grown to this length goes out at once, in UTF-16 code units. */
const MAX_LENGTH = 64 * 1024

/** Keeps the order in which messages were added. */
export class FrameGatherer {
  readonly #send: (frame: string) => void
  readonly #maxLength: number
  #texts: string[] = []
  #length = 0

  /** `maxLength` bounds a frame of several messages; a longer message goes alone. */
  constructor(send: (frame: string) => void, maxLength = MAX_LENGTH) {
    this.#send = send
    this.#maxLength = Math.min(maxLength, MAX_LENGTH)
  }

  /** Takes a message, which goes out when the current turn of the program has ended, or before. */
  add(text: string): void {
    if (this.#length + text.length > this.#maxLength) this.flush()
    if (this.#texts.length === 0) queueMicrotask(() => this.flush())
    this.#texts.push(text)
    this.#length += text.length + 1
  }

  /** Sends what was gathered. */
  flush(): void {
    const texts = this.#texts
    const [first] = texts
    if (first === undefined) return
    this.#texts = []
    this.#length = 0
    this.#send(texts.length === 1 ? first : `[${texts.join(',')}]`)
  }
}
