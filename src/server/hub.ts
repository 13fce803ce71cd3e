/** The open sessions, by account: brings what was published to the feeds that it concerns. */
import { PublishedItems } from './feed-item.ts'
import type { FeedPump } from './feed-pump.ts'
import type { PresenceBoard, Watcher } from './presence.ts'
import type { Publication } from './server-log.ts'

/** An open session, as the hub knows it. */
export interface OpenSession extends Watcher {
  readonly agentId: string
  readonly deviceId: string
  readonly pump: FeedPump
  /** How long senders are to wait, in milliseconds; `undefined` while they are not held back. */
  readonly senderPauseMs: number | undefined
  /** Another session of the same device takes its place. */
  replace(): void
}

/** Every open session. */
export class Hub {
  readonly #presence: PresenceBoard
  readonly #accounts = new Map<string, Set<OpenSession>>()
  #size = 0

  constructor(presence: PresenceBoard) {
    this.#presence = presence
  }

  /** How many sessions are open. */
  get size(): number {
    return this.#size
  }

  /** How many sessions an account has, but for the one of this device. */
  others(agentId: string, deviceId: string): number {
    let count = 0
    for (const session of this.#accounts.get(agentId) ?? []) if (session.deviceId !== deviceId) count += 1
    return count
  }

  /** How long senders are to wait, in milliseconds, where any session of the account asks for it. */
  senderPauseMs(agentId: string): number | undefined {
    const pauses = [...(this.#accounts.get(agentId) ?? [])].flatMap(({ senderPauseMs }) => senderPauseMs ?? [])
    return pauses.length > 0 ? Math.max(...pauses) : undefined
  }

  /** Adds a session. One of the same device is replaced, whether its connection still answers or not. */
  add(session: OpenSession): void {
    const sessions = this.#accounts.get(session.agentId) ?? new Set()
    const replaced = [...sessions].filter(other => other.deviceId === session.deviceId)
    sessions.add(session)
    this.#size += 1
    if (sessions.size === 1) {
      this.#accounts.set(session.agentId, sessions)
      this.#presence.set(session.agentId, true)
    }
    for (const other of replaced) other.replace()
  }

  /** Removes a session; nothing if it was removed before. */
  remove(session: OpenSession): void {
    this.#presence.unwatch(session)
    const sessions = this.#accounts.get(session.agentId)
    if (!sessions?.delete(session)) return
    this.#size -= 1
    if (sessions.size > 0) return
    this.#accounts.delete(session.agentId)
    this.#presence.set(session.agentId, false)
  }

  /** Hands a group of publications to every feed that it concerns; each sends what it got as one batch. */
  publish(group: readonly Publication[]): void {
    const touched = new Set<FeedPump>()
    for (const publication of group) {
      const items = new PublishedItems(publication)
      for (const agentId of publication.audience.keys()) {
        for (const session of this.#accounts.get(agentId) ?? []) {
          offer(session, publication, items)
          touched.add(session.pump)
        }
      }
    }
    for (const pump of touched) pump.flush()
  }
}

function offer(session: OpenSession, publication: Publication, items: PublishedItems): void {
  if (publication.kind === 'event' && publication.origin === session) session.pump.skip(publication.logged.position)
  else session.pump.offer(items.for(session.agentId))
}
