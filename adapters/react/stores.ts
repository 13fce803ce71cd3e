/** The stores of one client, each made when the first component looks at it. */
import type { IMClient } from '../../src/index.ts'
import type { Loadable, Store } from './store.ts'

/** A kind of store, and what is shown before anything was read. */
export interface Kind<State extends Loadable> {
  readonly initial: State
  readonly Store: new (client: IMClient, options: { readonly initial: State; readonly id: string }) => Store<State>
}

/** See the head of this file. */
export class Stores {
  readonly client: IMClient
  readonly #byKind = new Map<unknown, Map<string, unknown>>()

  constructor(client: IMClient) {
    this.client = client
  }

  /** The store that somebody looks at, if anybody does. Rendering makes none: what was rendered may never be shown. */
  peek<State extends Loadable>(kind: Kind<State>, id: string): Store<State> | undefined {
    return this.#byKind.get(kind)?.get(id) as Store<State> | undefined
  }

  /** Looks at a store until the returned function is called. */
  subscribe<State extends Loadable>(kind: Kind<State>, id: string, listener: () => void): () => void {
    const stores = this.#byKind.get(kind) ?? new Map<string, unknown>()
    const store = this.peek(kind, id) ?? new kind.Store(this.client, { initial: kind.initial, id })
    this.#byKind.set(kind, stores)
    stores.set(id, store)
    return store.subscribe(listener, () => stores.delete(id))
  }
}
