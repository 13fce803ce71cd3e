/** Gathers what is written within one turn: one system call for all frames of a group costs little more than for one. */
import type { Socket } from 'node:net'

/** Holds a stream's writes back until the turn ends. */
export class TurnCork {
  readonly #stream: Socket
  #corked = false

  constructor(stream: Socket) {
    this.#stream = stream
  }

  /** Call before a write. */
  hold(): void {
    if (this.#corked) return
    this.#corked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#corked = false
      this.#stream.uncork()
    })
  }
}
