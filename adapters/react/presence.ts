/** Who is online, as a component sees it. */
import type { Presence } from '../../src/index.ts'
import { useStore } from './provider.ts'
import { type Loadable, Store } from './store.ts'
import type { Kind } from './stores.ts'

interface Presences extends Loadable {
  readonly presences: ReadonlyMap<string, Presence>
}

class PresenceStore extends Store<Presences> {
  readonly #agentIds: readonly string[]

  constructor(client: ConstructorParameters<typeof Store>[0], ids: string) {
    super(client, KIND.initial)
    this.#agentIds = ids.split('\n').filter(id => id !== '')
  }

  /** Without a connection nobody knows who is online. A new owner of a view has to be asked again. */
  protected override listen(): () => void {
    const { client } = this
    const stopState = client.on('state', ({ name }) => {
      if (name === 'connected') this.note(undefined)
      else if (this.state.presences.size > 0) this.show({ presences: KIND.initial.presences })
    })
    const stopPresence = client.on('presence', presence => this.#put([presence]))
    return () => {
      stopState()
      stopPresence()
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
    const { state } = this
    const news = presences.filter(({ agentId, online, since }) => {
      const known = state.presences.get(agentId)
      const isWatched = this.#agentIds.length === 0 || this.#agentIds.includes(agentId)
      return isWatched && !(known?.online === online && known.since === since)
    })
    if (news.length === 0) return
    this.show({ presences: new Map([...state.presences, ...news.map(one => [one.agentId, one] as const)]) })
  }
}

const KIND: Kind<Presences> = {
  initial: { presences: new Map(), isLoading: true },
  make: (client, ids) => new PresenceStore(client, ids),
}

/**
 * Who of these accounts is online, by id: empty where that is not known. Without ids: of whoever is watched by another
 * component, as far as something is told of them from now on.
 */
export function usePresence(agentIds: readonly string[] = []): ReadonlyMap<string, Presence> {
  return useStore(KIND, [...agentIds].sort().join('\n')).presences
}
