import { EventEmitter } from 'node:events'
import { type PowerMonitorPart, wakeOnResume, wakingClock } from 'im-client/adapters/electron/main'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { World } from '../../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

const HOUR_MS = 3_600_000

/** An employee on a machine that can sleep. */
async function begin() {
  const powerMonitor = new EventEmitter() as EventEmitter & PowerMonitorPart
  const { client } = world.client('alice', { clock: wakingClock(powerMonitor, world.clock) })
  const states: string[] = []
  client.on('state', ({ name }) => states.push(name))
  const stop = wakeOnResume({ powerMonitor, client, clock: world.clock })
  /** Time goes on and no timer runs. */
  const sleep = (milliseconds: number) => world.clock.set(world.clock.now() + milliseconds)
  return { powerMonitor, client, states, stop, sleep }
}

describe('A client on a machine that wakes', () => {
  it.each(['resume', 'unlock-screen'])('connects at once where it waits: %s', async sign => {
    const { powerMonitor, client } = await begin()
    await client.connect()
    await world.stopServer()
    await world.passSteps(10, 10_000)
    await world.startServer()
    expect(client.state.name).toBe('waiting')
    powerMonitor.emit(sign)
    await world.pass()
    expect(client.state.name).toBe('connected')
  })

  it('knows at once that its connection was silent for too long, and makes another', async () => {
    const { powerMonitor, client, states, sleep } = await begin()
    await client.connect()
    sleep(HOUR_MS)
    await world.pass()
    expect(client.state.name).toBe('connected') // so it believes
    states.length = 0
    powerMonitor.emit('resume')
    await world.pass()
    expect(states).toEqual(['waiting', 'connecting', 'connected'])
  })

  it('keeps a connection that is none the worse for it', async () => {
    const { powerMonitor, client, states, sleep } = await begin()
    await client.connect()
    states.length = 0
    sleep(1000)
    powerMonitor.emit('resume')
    await world.pass(100)
    expect(states).toEqual([])
  })

  it('does not hammer a server that is not there', async () => {
    const { powerMonitor, client, states } = await begin()
    await client.connect()
    await world.stopServer()
    await world.passSteps(10, 10_000)
    states.length = 0
    powerMonitor.emit('resume')
    await world.pass(10)
    expect(states.filter(name => name === 'connecting').length).toBeLessThanOrEqual(2)
  })

  it('is left alone where it is not to be connected, and when it is taken back', async () => {
    const { powerMonitor, client, stop } = await begin()
    powerMonitor.emit('resume')
    await world.pass()
    expect(client.state.name).toBe('disconnected')
    stop()
    expect(powerMonitor.listenerCount('unlock-screen')).toBe(0)
  })
})

describe('A waking clock', () => {
  it('runs what has come due in the sleep once, in its order, and leaves the rest', async () => {
    const powerMonitor = new EventEmitter() as EventEmitter & PowerMonitorPart
    const clock = wakingClock(powerMonitor, world.clock)
    const ran: string[] = []
    clock.schedule(() => ran.push('later'), 2000)
    clock.schedule(() => ran.push('soon'), 1000)
    clock.schedule(() => ran.push('late'), 2 * HOUR_MS)
    clock.schedule(() => ran.push('never'), 1000)()
    world.clock.set(world.clock.now() + HOUR_MS)
    powerMonitor.emit('resume')
    expect(ran).toEqual(['soon', 'later'])
    await world.clock.advance(2 * HOUR_MS)
    expect(ran).toEqual(['soon', 'later', 'late'])
  })
})
