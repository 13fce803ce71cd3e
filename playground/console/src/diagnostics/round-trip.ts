/** How long the server takes to answer a small request, where it can be asked. */
import { useEffect } from 'react'
import { useSession } from '../session/session.tsx'
import { useRecorder } from './recording.tsx'

/** Between two requests, in milliseconds. */
const INTERVAL_MS = 3000

/** Measures, for as long as somebody looks; says whether it can. */
export function useRoundTrips(): boolean {
  const recorder = useRecorder()
  const { session } = useSession()
  const roundTrip = session?.entry.roundTrip
  useEffect(() => {
    if (!roundTrip) return
    const measure = async () => {
      if (document.hidden) return
      const ms = await roundTrip()
      if (ms !== undefined) recorder.addRoundTrip(ms)
    }
    void measure()
    const timer = setInterval(() => void measure(), INTERVAL_MS)
    return () => clearInterval(timer)
  }, [roundTrip, recorder])
  return roundTrip !== undefined
}
