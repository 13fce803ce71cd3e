/** How long the server takes to answer a small request of the page. Only its own origin can be asked. */
import { useEffect } from 'react'
import { useSession } from '../session/session.tsx'
import { useRecorder } from './recording.tsx'

/** Between two requests, in milliseconds. */
const INTERVAL_MS = 3000

/** Measures, for as long as somebody looks; says whether it can. */
export function useRoundTrips(): boolean {
  const recorder = useRecorder()
  const { session } = useSession()
  const server = session && new URL(session.server.replace(/^ws/, 'http')).origin
  const canMeasure = server === location.origin
  useEffect(() => {
    if (!canMeasure) return
    const measure = async () => {
      if (document.hidden) return
      const begun = performance.now()
      const response = await fetch('/health', { cache: 'no-store' }).catch(() => undefined) // not reached: no value
      if (response?.ok) recorder.addRoundTrip(performance.now() - begun)
    }
    void measure()
    const timer = setInterval(() => void measure(), INTERVAL_MS)
    return () => clearInterval(timer)
  }, [canMeasure, recorder])
  return canMeasure
}
