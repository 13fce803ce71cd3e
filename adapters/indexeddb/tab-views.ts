/** Views among the tabs of a browser. Loaded when the owner lets them in, and with the first view. */
import type { Port, PortEvents } from '../../src/index.ts'
import { holderOf, knock, locked } from './rival.ts'
import { onSleep } from './sleep.ts'
import type { Call, TabLock } from './tab-lock.ts'
import { TabPort } from './tab-port.ts'

/** See `Views`. While the page sleeps nobody is let in, and another may take the lock. */
export async function listen(lock: TabLock, accept: (port: Port) => PortEvents): Promise<() => Promise<void>> {
  const ports = new Set<TabPort>()
  lock.admit = async id => {
    const port = new TabPort(`${lock.name}:${id}`, 'owner')
    await port.hold()
    ports.add(port)
    port.onEnd = () => ports.delete(port)
    port.begin(accept(port))
  }
  lock.tellOpened()
  const stop = onSleep(lock, () => {
    for (const port of ports) port.sleep()
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
  const port = new TabPort(`${lock.name}:${id}`, 'view')
  await port.hold()
  const answer = await knock(lock, id)
  if (answer?.isOpen) {
    port.onSilence = () => {
      lock.silent = holder
    }
    port.begin(events)
    endWithOwner(lock, port)
    return port
  }
  port.close()
  if (answer) throw locked(answer)
  lock.silent = holder
  return undefined
}

/** Another owner lets views in: that of this port is asleep, or knows already that it is none any more. */
function endWithOwner({ name }: TabLock, port: TabPort): void {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<Call>) => {
    if ('opened' in data) port.end()
  }
  port.onEnd = () => channel.close()
}
