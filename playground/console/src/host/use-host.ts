/** The place where the console runs, for what is drawn. */
import { createContext, useContext } from 'react'
import type { Host } from './host.ts'

const HostContext = createContext<Host | undefined>(undefined)

/** Tells everything below it where the console runs. */
export const HostProvider = HostContext.Provider

/** Where the console runs. */
export function useHost(): Host {
  const host = useContext(HostContext)
  if (!host) throw new TypeError('There is no HostProvider.')
  return host
}
