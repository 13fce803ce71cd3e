/** The network between clients and the server: it delays, cuts, refuses, falls silent, and lets old wires overtake new ones. */
import type { OpenSocket } from '../../../src/connection/socket.ts'
import type { ServerConnection, ServerSocket } from '../../../src/server/server-socket.ts'
import type { Chance } from '../engine/chance.ts'
import type { Life } from '../engine/life.ts'
import { Connection, type Direction } from './connection.ts'

/** A server that takes wires. */
export interface Listener {
  readonly life: Life
  accept(socket: ServerSocket): Pick<ServerConnection, 'receive' | 'closed'>
}

/** What a cut does. */
export type CutKind = 'clean' | 'client first' | 'server first'

/** See the head of this file. */
export class Network {
  /** Who answers. */
  listener: Listener | undefined
  /** The longest that a frame takes. */
  latencyMs = 30
  readonly #chance: Chance
  readonly #connections = new Set<Connection>()
  #refusing = 0
  #opened = 0

  constructor(chance: Chance) {
    this.#chance = chance.fork('network')
  }

  /** How the clients of a process open wires. */
  socketsOf(client: Life): OpenSocket {
    return (_url, events) => {
      const { listener } = this
      const label = `wire ${++this.#opened}`
      if (!listener || this.#refusing > 0 || !client.burn()) {
        const chance = this.#chance.fork(label)
        let closed = false
        const refuse = () => closed || events.onClose({ code: 1006, reason: 'refused' })
        client.later(chance.span(0.1, this.latencyMs), `${label} refused`, refuse)
        return {
          send: () => {},
          close: () => {
            closed = true
          },
        }
      }
      return this.#connect(client, listener, { events, label })
    }
  }

  /** Cuts the wires of some clients. */
  cut(kind: CutKind, isVictim: (client: Life) => boolean): number {
    const victims = this.#of(isVictim)
    const later = () => this.#chance.span(1, 20_000)
    for (const connection of victims) {
      const soon = this.#chance.span(0, 20)
      if (kind === 'clean') connection.cut(soon, soon)
      else if (kind === 'client first') connection.cut(soon, later())
      else connection.cut(later(), soon)
    }
    return victims.length
  }

  silence(directions: readonly Direction[], isVictim: (client: Life) => boolean): number {
    const victims = this.#of(isVictim)
    for (const connection of victims) connection.silence(directions)
    return victims.length
  }

  stall(direction: Direction, ms: number, isVictim: (client: Life) => boolean): number {
    const victims = this.#of(isVictim)
    for (const connection of victims) connection.stall(direction, ms)
    return victims.length
  }

  /** Lets nobody in; the returned function ends that. */
  refuse(): () => void {
    this.#refusing += 1
    let ended = false
    return () => {
      if (!ended) this.#refusing -= 1
      ended = true
    }
  }

  /** A process is gone. Its system tells the other ends, unless it has lost its power: then only silence does. */
  gone(life: Life, told: boolean): void {
    for (const connection of this.#connections) {
      if (connection.client !== life && connection.server !== life) continue
      if (told) connection.cut(this.#chance.span(0, 50), this.#chance.span(0, 50))
      else connection.silence(['up', 'down'])
      this.#connections.delete(connection)
    }
  }

  #of(isVictim: (client: Life) => boolean): Connection[] {
    return [...this.#connections].filter(({ client }) => client.isAlive && isVictim(client))
  }

  #connect(client: Life, { life, accept }: Listener, { events, label }: Pick<Ends, 'events' | 'label'>) {
    const chance = this.#chance.fork(label)
    const connection: Connection = new Connection({
      client,
      server: life,
      events,
      chance,
      label,
      latencyMs: this.latencyMs,
      onGone: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
    connection.open(wire =>
      accept({
        send: text => wire.sendDown(text),
        close: (code, reason) => wire.closeDown(code, reason),
        bufferedAmount: 0,
      }),
    )
    return { send: (text: string) => connection.sendUp(text), close: () => connection.closeUp() }
  }
}

type Ends = ConstructorParameters<typeof Connection>[0]
