/** The server's side of the heartbeat: beats when a session is silent, and gives up when it stays silent. */
import type { Clock } from '../model/clock.ts'

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  readonly clock: Clock
  /** Silence, in either direction, before a beat. */
  readonly heartbeatMs: number
  /** Silence of the client's after a beat before it counts as gone. */
  readonly graceMs: number
  readonly onBeat: () => void
  readonly onGone: () => void
}

/** One timer for each session, moved on when it fires and not for each frame. */
export class SessionHeartbeat {
  readonly #options: HeartbeatOptions
  #heardAt = 0
  #sentAt = 0
  #heardSinceBeat = true
  #cancel: (() => void) | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  start(): void {
    this.heard()
    this.sent()
    this.#arm(this.#options.heartbeatMs)
  }

  heard(): void {
    this.#heardAt = this.#options.clock.now()
    this.#heardSinceBeat = true
  }

  sent(): void {
    this.#sentAt = this.#options.clock.now()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm(delayMs: number): void {
    this.#cancel = this.#options.clock.schedule(() => this.#check(), delayMs)
  }

  #check(): void {
    const { clock, heartbeatMs, graceMs, onBeat } = this.#options
    const silentMs = clock.now() - Math.min(this.#heardAt, this.#sentAt)
    if (silentMs < heartbeatMs) {
      this.#arm(Math.min(heartbeatMs, heartbeatMs - silentMs)) // a clock that was set back must not stop the beat
      return
    }
    this.#heardSinceBeat = false
    this.#cancel = clock.schedule(() => this.#judge(), graceMs)
    onBeat()
  }

  #judge(): void {
    const { clock, heartbeatMs, onGone } = this.#options
    if (!this.#heardSinceBeat) return onGone()
    const heardMs = Math.max(0, clock.now() - this.#heardAt)
    this.#arm(Math.max(0, heartbeatMs - heardMs))
  }
}
