/** Views among the tabs of a browser. Loaded when the owner lets them in, and with the first view. */
import type { Port, PortEvents } from '../../src/index.ts'
import { holderOf, knock, locked } from './rival.ts'
import { onSleep } from './sleep.ts'
import { heard, type TabLock } from './tab-lock.ts'
import { TabPort } from './tab-port.ts'

/**
 * See `Views`. Before the page sleeps it lets go of the lock, so that another tab goes on at once; awake again it takes the
 * lock back where nobody has, and otherwise it is lost.
 */
export async function listen(lock: TabLock, accept: (port: Port) => PortEvents): Promise<() => Promise<void>> {
  const ports = new Set<TabPort>()
  lock.admit = async id => {
    const port = new TabPort(`port of ${lock.name}:${id}`, 'owner')
    await port.hold()
    ports.add(port)
    port.onEnd = () => ports.delete(port)
    port.begin(accept(port))
  }
  lock.tellOpened()
  const stop = onSleep({
    sleep: () => {
      for (const port of ports) port.sleep()
      void lock.pause()
    },
    wake: () => void lock.regain(),
  })
  return async () => {
    stop()
    lock.admit = undefined
    for (const port of ports) port.close()
  }
}

/** See `Views`. An owner that does not answer is none: whoever opens the storage next takes it over. */
export async function connect(lock: TabLock, events: PortEvents): Promise<Port | undefined> {
  const holder = await holderOf(lock)
  if (holder === undefined || holder === lock.silent) return undefined
  const id = crypto.randomUUID()
  const port = new TabPort(`port of ${lock.name}:${id}`, 'view')
  await port.hold()
  const answer = await knock(lock, id)
  if (answer?.isOpen) {
    port.onSilence = () => {
      lock.silent = holder
    }
    port.begin(events)
    watch(lock, port, events)
    return port
  }
  port.close()
  if (answer) throw locked(answer)
  lock.silent = holder
  return undefined
}

/**
 * Ends a view's port where another owner lets views in: its own is asleep, or knows already that it is none any more. And
 * before the page sleeps, so that the owner waits for nothing here; the view attaches anew when it is awake.
 */
function watch({ name }: TabLock, port: TabPort, events: PortEvents): void {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent) => {
    if (heard(data).opened) port.end()
  }
  let isAsleep = false
  const stop = onSleep({
    sleep: () => {
      isAsleep = true
      port.close()
    },
    wake: () => {
      stop()
      events.onClose()
    },
  })
  port.onEnd = () => {
    channel.close()
    if (!isAsleep) stop()
  }
}
