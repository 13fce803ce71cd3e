/** Who is online, as a component sees it. */
import type { Presence } from '../../src/index.ts'
import { keep } from './identity.ts'
import { useStore } from './provider.ts'
import { type Loadable, Store } from './store.ts'
import type { Kind } from './stores.ts'

interface Presences extends Loadable {
  readonly presences: ReadonlyMap<string, Presence>
}

class PresenceStore extends Store<Presences> {
  get #agentIds(): readonly string[] {
    return this.id === '' ? [] : this.id.split('\n')
  }

  /** Without a connection nobody knows who is online. A new owner of a view has to be asked again. */
  protected override listen(): () => void {
    const { client } = this
    const stops = [
      client.on('presence', presence => this.#put([presence])),
      client.on('state', ({ name }) => {
        if (name === 'connected') this.note(undefined)
        else this.show({ presences: KIND.initial.presences })
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  protected override concerns(): boolean {
    return false
  }

  protected override async read() {
    if (this.#agentIds.length > 0) this.#put(await this.client.watchPresence(this.#agentIds))
    return {}
  }

  #put(presences: readonly Presence[]): void {
    const known = this.state.presences
    const ids = this.#agentIds
    const isWatched = ({ agentId }: Presence) => ids.length === 0 || ids.includes(agentId)
    const news = presences.filter(one => isWatched(one) && keep(known.get(one.agentId), one) === one)
    if (news.length > 0) this.show({ presences: new Map([...known, ...news.map(one => [one.agentId, one] as const)]) })
  }
}

const KIND: Kind<Presences> = { initial: { presences: new Map(), isLoading: true }, Store: PresenceStore }

/**
 * Who of these accounts is online, by id: empty where that is not known. Without ids: of whoever is watched by another
 * component, as far as something is told of them from now on.
 */
export function usePresence(agentIds: readonly string[] = []): ReadonlyMap<string, Presence> {
  return useStore(KIND, [...agentIds].sort().join('\n')).presences
}
