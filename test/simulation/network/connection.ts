/**
 * One wire between a client and the server, as TCP is: frames of one direction come in order or not at all. Either end
 * learns of its end later than the other, or by silence only.
 */
import type { SocketEvents } from '../../../src/connection/socket.ts'
import type { ServerConnection } from '../../../src/server/server-socket.ts'
import type { Chance } from '../engine/chance.ts'
import type { Life } from '../engine/life.ts'

/** How a wire is. Delays in milliseconds. */
export interface WireQuality {
  readonly latencyMs: number
}

/** Where a frame goes. */
export type Direction = 'up' | 'down'

/** Carries frames in one direction, in order. */
class Lane {
  readonly #receiver: Life
  readonly #chance: Chance
  readonly #label: string
  #latencyMs: number
  #lastArrival = 0
  #silent = false
  #stalledUntil = 0

  constructor(receiver: Life, { chance, label, latencyMs }: { chance: Chance; label: string; latencyMs: number }) {
    this.#receiver = receiver
    this.#chance = chance
    this.#label = label
    this.#latencyMs = latencyMs
  }

  /** From now on nothing arrives, and nobody is told. */
  silence(): void {
    this.#silent = true
  }

  /** What is sent from now on arrives after so long at the earliest. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#receiver.clock.elapsed() + ms)
  }

  carry(what: string, deliver: () => void): void {
    if (this.#silent) return
    const now = this.#receiver.clock.elapsed()
    const at = Math.max(now + this.#chance.span(0.1, this.#latencyMs), this.#stalledUntil, this.#lastArrival + 0.001)
    this.#lastArrival = at
    this.#receiver.later(at - now, `${this.#label} ${what}`, () => {
      if (!this.#silent) deliver()
    })
  }
}

/** What a {@link Connection} joins. */
export interface Ends {
  readonly client: Life
  readonly server: Life
  readonly events: SocketEvents
  readonly chance: Chance
  readonly label: string
  readonly latencyMs: number
  readonly onGone: () => void
}

/** See the head of this file. */
export class Connection {
  readonly #ends: Ends
  readonly #up: Lane
  readonly #down: Lane
  /** The server's end, once it was accepted. */
  #accepted: Pick<ServerConnection, 'receive' | 'closed'> | undefined
  #clientGone = false
  #serverGone = false

  constructor(ends: Ends) {
    const { chance, label, latencyMs } = ends
    this.#ends = ends
    this.#up = new Lane(ends.server, { chance, label: `${label}↑`, latencyMs })
    this.#down = new Lane(ends.client, { chance, label: `${label}↓`, latencyMs })
  }

  get client(): Life {
    return this.#ends.client
  }

  get server(): Life {
    return this.#ends.server
  }

  /** The server takes it. */
  open(accept: (connection: Connection) => Pick<ServerConnection, 'receive' | 'closed'>): void {
    this.#up.carry('opens', () => {
      this.#accepted = accept(this)
      this.#down.carry('opened', () => {
        if (!this.#clientGone) this.#ends.events.onOpen()
      })
    })
  }

  /** The client sends. */
  sendUp(text: string): void {
    if (this.#clientGone || !this.client.burn()) return
    this.#up.carry(nameOf(text), () => this.#accepted?.receive(text))
  }

  /** The server sends. */
  sendDown(text: string): void {
    if (this.#serverGone || !this.server.burn()) return
    this.#down.carry(nameOf(text), () => {
      if (!this.#clientGone) this.#ends.events.onText(text)
    })
  }

  /** The client closes its end: the server hears of it behind what was sent before. */
  closeUp(): void {
    if (this.#clientGone) return
    this.#clientGone = true
    this.#up.carry('closes', () => this.#endServer())
  }

  /** The server closes its end. */
  closeDown(code: number, reason: string): void {
    if (this.#serverGone) return
    this.#serverGone = true
    this.#accepted = undefined
    this.#down.carry('closes', () => this.#endClient(code, reason))
  }

  /** Nothing of one direction, or of both, arrives any more, and nobody is told. */
  silence(directions: readonly Direction[]): void {
    for (const direction of directions) this.#lane(direction).silence()
  }

  stall(direction: Direction, ms: number): void {
    this.#lane(direction).stall(ms)
  }

  /** Cut in the middle: what is under way may be lost, and each end learns of it in its own time. */
  cut(clientLearnsMs: number, serverLearnsMs: number): void {
    this.#ends.client.later(clientLearnsMs, `${this.#ends.label} cut↓`, () => this.#endClient(1006, 'cut'))
    this.#ends.server.later(serverLearnsMs, `${this.#ends.label} cut↑`, () => this.#endServer())
  }

  #lane(direction: Direction): Lane {
    return direction === 'up' ? this.#up : this.#down
  }

  #endClient(code: number, reason: string): void {
    this.#down.silence()
    this.#up.silence()
    if (this.#clientGone) return
    this.#clientGone = true
    this.#ends.onGone()
    this.#ends.events.onClose({ code, reason })
  }

  #endServer(): void {
    this.#up.silence()
    if (this.#serverGone) return
    this.#serverGone = true
    this.#ends.onGone()
    const accepted = this.#accepted
    this.#accepted = undefined
    accepted?.closed()
  }
}

/** What a frame is, for the trace. */
function nameOf(text: string): string {
  return `${/"method":"([^"]+)"/.exec(text)?.[1] ?? 'answer'} ${text.length}`
}
