/** Where the messages of the session are, looked at anew from time to time. */
import { useEffect, useState } from 'react'
import type { PlatformFacts } from '../host/host.ts'
import { useSession } from '../session/session.tsx'

const INTERVAL_MS = 5000

/** The facts; none until they are known. */
export function usePlatformFacts(): PlatformFacts {
  const { session } = useSession()
  const [facts, setFacts] = useState<PlatformFacts>({})
  useEffect(() => {
    if (!session) return
    let isLeft = false
    const look = async () => {
      const found = await session.entry.facts()
      if (!isLeft) setFacts(found)
    }
    void look()
    const timer = setInterval(() => void look(), INTERVAL_MS)
    return () => {
      isLeft = true
      clearInterval(timer)
    }
  }, [session])
  return facts
}
