/** Who is online, and who wants to know. Presence is not kept: a restarted server knows who is there when they are back. */
import { type Clock, isoTime } from '../model/clock.ts'
import type { Presence } from '../protocol/schemas.ts'

/** Somebody who watches. */
export interface Watcher {
  notify(method: 'presence.changed', presence: Presence): void
}

/** Presence of accounts. Any account may ask about any other. */
export class PresenceBoard {
  readonly #clock: Clock
  readonly #startedAt: string
  readonly #known = new Map<string, Presence>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #watched = new Map<Watcher, readonly string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAt = isoTime(clock)
  }

  /** An account opened its first session, or its last one ended. */
  set(agentId: string, online: boolean): void {
    const presence = { agentId, online, since: isoTime(this.#clock) }
    this.#known.set(agentId, presence)
    for (const watcher of this.#watchers.get(agentId) ?? []) watcher.notify('presence.changed', presence)
  }

  /** Watches these accounts, and none that were watched before. Returns how they are now. */
  watch(watcher: Watcher, agentIds: readonly string[]): Presence[] {
    this.unwatch(watcher)
    this.#watched.set(watcher, agentIds)
    for (const agentId of agentIds) {
      const watchers = this.#watchers.get(agentId)
      if (watchers) watchers.add(watcher)
      else this.#watchers.set(agentId, new Set([watcher]))
    }
    return agentIds.map(agentId => this.#known.get(agentId) ?? { agentId, online: false, since: this.#startedAt })
  }

  /** Forgets a watcher. */
  unwatch(watcher: Watcher): void {
    for (const agentId of this.#watched.get(watcher) ?? []) {
      const watchers = this.#watchers.get(agentId)
      watchers?.delete(watcher)
      if (watchers?.size === 0) this.#watchers.delete(agentId)
    }
    this.#watched.delete(watcher)
  }
}
