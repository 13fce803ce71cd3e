import { expect, test } from 'vitest'
import { Heartbeat } from '../../../src/connection/heartbeat.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const LIMIT_MS = 1000

function watched() {
  const clock = new ManualClock()
  const silences: number[] = []
  const heartbeat = new Heartbeat(clock, LIMIT_MS, () => silences.push(clock.now()))
  heartbeat.start()
  return { clock, silences, heartbeat }
}

test('Heartbeat: silence is noticed at its limit, once', async () => {
  const { clock, silences } = watched()
  await clock.advance(LIMIT_MS - 1)
  expect(silences).toEqual([])
  await clock.advance(10 * LIMIT_MS)
  expect(silences).toEqual([LIMIT_MS])
  expect(clock.waiting).toBe(0)
})

test('Heartbeat: whatever is heard begins the time anew, with one timer', async () => {
  const { clock, silences, heartbeat } = watched()
  for (let n = 0; n < 100; n++) {
    await clock.advance(LIMIT_MS / 2)
    heartbeat.heard()
    expect(clock.waiting).toBe(1)
  }
  expect(silences).toEqual([])
  await clock.advance(LIMIT_MS)
  expect(silences).toEqual([51 * LIMIT_MS])
})

test('Heartbeat: one that was stopped holds nothing', () => {
  const { clock, heartbeat } = watched()
  heartbeat.stop()
  expect(clock.waiting).toBe(0)
})

test('Heartbeat: a wall clock that is set back delays the notice by one limit at most', async () => {
  const { clock, silences } = watched()
  clock.set(-1_000_000)
  await clock.advance(1_000_000 + LIMIT_MS) // the timer that was set before fires when its own time has come
  await clock.advance(LIMIT_MS)
  expect(silences.length).toBe(1)
})
