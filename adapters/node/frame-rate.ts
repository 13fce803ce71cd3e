/** How fast a page may send: what comes faster waits in its socket, and so at the page. */

/** Frames of one page each second, and how many may come at once. */
const FRAMES_PER_SECOND = 100
const BURST = 200

/** What can be kept from reading. */
export interface Pausable {
  pause(): void
  resume(): void
}

/** Counts the frames of one socket. */
export class FrameRate {
  readonly #socket: Pausable
  /** By when all that came would have come at the rate that is allowed. */
  #usedUntil = 0
  #timer: NodeJS.Timeout | undefined

  constructor(socket: Pausable) {
    this.#socket = socket
  }

  /** A frame has come, at this time in milliseconds. */
  count(now: number): void {
    this.#usedUntil = Math.max(this.#usedUntil, now) + 1000 / FRAMES_PER_SECOND
    const aheadMs = this.#usedUntil - now - (1000 * BURST) / FRAMES_PER_SECOND
    if (aheadMs <= 0 || this.#timer) return
    this.#socket.pause()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#socket.resume()
    }, aheadMs)
  }

  /** The socket is gone. */
  end(): void {
    clearTimeout(this.#timer)
  }
}
