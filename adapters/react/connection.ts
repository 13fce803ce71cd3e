/** The connection, as a component sees it. */
import { useCallback, useSyncExternalStore } from 'react'
import type { ConnectionState } from '../../src/index.ts'
import { useClient } from './provider.ts'

const DISCONNECTED: ConnectionState = { name: 'disconnected' }

/** Where the connection stands. */
export function useConnection(): ConnectionState {
  const client = useClient()
  const subscribe = useCallback((listener: () => void) => client.on('state', listener), [client])
  return useSyncExternalStore(
    subscribe,
    () => client.state,
    () => DISCONNECTED,
  )
}
