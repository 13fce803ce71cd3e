/** The time, for what changes with it. */
import { useEffect, useState } from 'react'

/** The time in milliseconds since 1970, told anew at this interval. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}
