/** Time and chance are handed in, so that a test or a simulation can own both. */

/** Wall time and timers. */
export interface Clock {
  /** Milliseconds since 1970; may jump when the machine's clock is set. */
  now(): number
  /** Milliseconds since some instant of this process; never jumps. Its differences are what leases and pauses last. */
  elapsed(): number
  /** Runs `task` once, at least `delayMs` later; the returned function takes it back. */
  schedule(task: () => void, delayMs: number): () => void
}

/** Fills with random bytes and gives numbers in [0, 1). */
export interface Random {
  bytes(length: number): Uint8Array
  number(): number
}

/** The longest delay that a runtime's timer takes; a longer one would run at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(task, delayMs) {
    let timer: ReturnType<typeof setTimeout>
    const wait = (restMs: number) => {
      const next = restMs > MAX_TIMER_MS ? () => wait(restMs - MAX_TIMER_MS) : task
      timer = setTimeout(next, Math.min(restMs, MAX_TIMER_MS))
    }
    wait(delayMs)
    return () => clearTimeout(timer)
  },
}

/** The runtime's own source of randomness (Web Crypto). */
export const systemRandom: Random = {
  bytes: length => crypto.getRandomValues(new Uint8Array(length)),
  number: () => Math.random(),
}

/** The instant, or one that is `laterMs` from now, as ISO 8601 text: so files and frames carry it. */
export function isoTime(clock: Clock, laterMs = 0): string {
  return new Date(clock.now() + laterMs).toISOString()
}

/** Waits for something, but not longer than so many milliseconds. */
export async function within(graceMs: number, clock: Clock, task: Promise<void>): Promise<void> {
  let cancel = () => {}
  const grace = new Promise<void>(resolve => {
    cancel = clock.schedule(resolve, graceMs)
  })
  await Promise.race([task, grace])
  cancel()
}
