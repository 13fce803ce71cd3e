/**
 * Waits for signs of life of another tab, and tells a tab that is asleep from one that is busy for a moment, and from the
 * own tab having been so: what came meanwhile is then still to be read.
 */

/** How often it is looked whether the other has answered, in milliseconds; browsers make it a second in hidden tabs. */
const LOOK_MS = 300

/** How long the other may take to answer, in milliseconds: a long task of its page should be over by then. */
const SILENCE_MS = 1_100

/** Hidden tabs ask less often: nobody looks at them. */
const HIDDEN_MS = 4_000

/** What a {@link Patience} does. */
export interface PatienceOptions {
  readonly ask: () => void
  /** Nothing was heard for too long. Told once. */
  readonly onSilence: () => void
}

/** See the head of this file. */
export class Patience {
  readonly #options: PatienceOptions
  #timer: ReturnType<typeof setInterval> | undefined
  #lookedAt = 0
  #heardAt = 0
  /** When it was asked for what is not answered yet. */
  #askedAt: number | undefined

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Asks for the first time. */
  begin(): void {
    this.#lookedAt = performance.now()
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#ask(this.#lookedAt)
  }

  /** The other has answered. */
  heard(): void {
    this.#heardAt = performance.now()
    this.#askedAt = undefined
  }

  /** Waits no longer. */
  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    const isHidden = globalThis.document?.hidden ?? false
    const wasAway = !isHidden && now - this.#lookedAt > 3 * LOOK_MS
    this.#lookedAt = now
    if (this.#askedAt === undefined) {
      if (!isHidden || now - this.#heardAt > HIDDEN_MS) this.#ask(now)
    } else if (wasAway) this.#ask(now)
    else if (now - this.#askedAt > SILENCE_MS) {
      this.end()
      this.#options.onSilence()
    }
  }

  #ask(now: number): void {
    this.#askedAt = now
    this.#options.ask()
  }
}
