/**
 * A machine that wakes: whoever waits for the next attempt to connect need wait no longer, and a connection that died in its
 * sleep is found out at once.
 */
import { type Clock, type IMClient, systemClock } from '../../src/index.ts'

/** Of Electron's `powerMonitor`, what is used. */
export interface PowerMonitorPart {
  on(event: 'resume' | 'unlock-screen', listener: () => void): unknown
  removeListener(event: 'resume' | 'unlock-screen', listener: () => void): unknown
}

/** For how long after waking a lost connection is made anew without a wait, in milliseconds. */
const WAKING_MS = 10_000

const SIGNS = ['resume', 'unlock-screen'] as const

/**
 * Has a client that waits to connect do so at once when the machine wakes, or is unlocked; one that was never connected, or
 * whose token was refused, is left alone. The returned function takes it back. With {@link wakingClock} it also notices at
 * once that its connection has not survived the sleep.
 */
export function wakeOnResume(options: {
  readonly powerMonitor: PowerMonitorPart
  readonly client: Pick<IMClient, 'state' | 'connect' | 'on'>
  readonly clock?: Clock
}): () => void {
  const { powerMonitor, client, clock = systemClock } = options
  let wakingUntil = Number.NEGATIVE_INFINITY
  const connect = () => {
    if (client.state.name === 'waiting') client.connect().catch(() => {}) // its state tells why
  }
  const wake = () => {
    wakingUntil = clock.elapsed() + WAKING_MS
    connect()
  }
  const stopState = client.on('state', ({ name }) => {
    if (name !== 'waiting' || clock.elapsed() > wakingUntil) return
    wakingUntil = Number.NEGATIVE_INFINITY // once: a server that is not there is tried as at any time
    queueMicrotask(connect)
  })
  for (const sign of SIGNS) powerMonitor.on(sign, wake)
  return () => {
    stopState()
    for (const sign of SIGNS) powerMonitor.removeListener(sign, wake)
  }
}

/**
 * A clock for the `clock` of a client. Timers stand still while a machine sleeps; when it wakes, this one runs those at once
 * whose time has come meanwhile, and a connection that was silent for too long is known to be lost.
 */
export function wakingClock(powerMonitor: Pick<PowerMonitorPart, 'on'>, clock: Clock = systemClock): Clock {
  const timers = new Set<{ readonly dueAt: number; readonly run: () => void }>()
  powerMonitor.on('resume', () => {
    const now = clock.now()
    const due = [...timers].filter(({ dueAt }) => dueAt <= now)
    for (const { run } of due.sort((one, other) => one.dueAt - other.dueAt)) run()
  })
  return {
    now: () => clock.now(),
    elapsed: () => clock.elapsed(),
    schedule: (task, delayMs) => {
      const timer = {
        dueAt: clock.now() + delayMs,
        run: () => {
          if (!timers.delete(timer)) return
          cancel()
          task()
        },
      }
      timers.add(timer)
      const cancel = clock.schedule(timer.run, delayMs)
      return () => {
        timers.delete(timer)
        cancel()
      }
    },
  }
}
