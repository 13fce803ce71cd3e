/** A state of the connection in words. */
import type { ConnectionState } from 'im-client'
import { useEffect, useState } from 'react'

/** How a state is to be taken. */
export type Tone = 'ok' | 'busy' | 'off' | 'bad'

/** The tone of every state. */
export const STATE_TONES: Readonly<Record<ConnectionState['name'], Tone>> = {
  connected: 'ok',
  connecting: 'busy',
  waiting: 'busy',
  disconnected: 'off',
  needsAuth: 'bad',
  failed: 'bad',
  closed: 'off',
}

/** Errors that a page of another version, loaded anew, does away with. */
const RELOAD_CODES: ReadonlySet<string> = new Set(['PROTOCOL_VERSION_UNSUPPORTED', 'WORKSPACE_FORMAT_UNSUPPORTED'])

/** Whether to load the page anew is what helps. */
export function helpsReload(code: string): boolean {
  return RELOAD_CODES.has(code)
}

/** Whole seconds until an instant, in milliseconds since 1970; counts down. */
export function useCountdown(until: number | undefined): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (until === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [until])
  return until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000))
}
