/** Gives a client to the components below. */
import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { IMClient } from '../../src/index.ts'
import type { Loadable } from './store.ts'
import { type Kind, Stores } from './stores.ts'

const StoresContext = createContext<Stores | undefined>(undefined)

/** Gives a client, an owner or a view, to the hooks below. Another client may take its place; who made one closes it. */
export function IMClientProvider({ client, children }: { readonly client: IMClient; readonly children?: ReactNode }) {
  const stores = useMemo(() => new Stores(client), [client])
  return createElement(StoresContext.Provider, { value: stores }, children)
}

/** The client of the provider above. */
export function useClient(): IMClient {
  return useStores().client
}

/** What the provider above keeps. */
export function useStores(): Stores {
  const stores = useContext(StoresContext)
  if (!stores) throw new Error('Render inside an <IMClientProvider>.')
  return stores
}

/** The state of a store, for as long as the component is there. A server renders what is shown before anything was read. */
export function useStore<State extends Loadable>(kind: Kind<State>, id = ''): State {
  const stores = useStores()
  const subscribe = useCallback((listener: () => void) => stores.subscribe(kind, id, listener), [stores, kind, id])
  const snapshot = () => stores.peek(kind, id)?.state ?? kind.initial
  return useSyncExternalStore(subscribe, snapshot, () => kind.initial)
}
