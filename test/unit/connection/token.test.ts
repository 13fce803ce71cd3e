import { expect, test } from 'vitest'
import { askToken } from '../../../src/connection/token.ts'
import { IMError } from '../../../src/errors.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const NEVER = new AbortController().signal

function patience(clock: ManualClock, signal = NEVER) {
  return { clock, timeoutMs: 1000, signal }
}

test('Token: a provider is asked each time', async () => {
  const clock = new ManualClock()
  let asked = 0
  const provider = () => `token ${++asked}`
  expect(await askToken(provider, patience(clock))).toBe('token 1')
  expect(await askToken(async () => provider(), patience(clock))).toBe('token 2')
  expect(clock.waiting).toBe(0)
})

test('Token: a provider that throws, whatever it throws, has a code and keeps its cause', async () => {
  const clock = new ManualClock()
  for (const cause of [new Error('no network'), undefined, null, 'text']) {
    const provider = () => {
      throw cause
    }
    const error = await askToken(provider, patience(clock)).catch(error => error)
    expect(error).toMatchObject({ code: 'AUTH_TOKEN_UNAVAILABLE', cause })
    expect(error.retryable).toBe(true)
  }
  const own = new IMError('FORBIDDEN', 'no')
  await expect(askToken(() => Promise.reject(own), patience(clock))).rejects.toBe(own)
  expect(clock.waiting).toBe(0)
})

test('Token: a provider that never answers is given up after its time', async () => {
  const clock = new ManualClock()
  const reading = askToken(() => new Promise<string>(() => {}), patience(clock))
  const outcome = expect(reading).rejects.toMatchObject({ code: 'AUTH_TOKEN_UNAVAILABLE' })
  await clock.advance(1000)
  await outcome
  expect(clock.waiting).toBe(0)
})

test('Token: a provider that never answers holds nothing once it is not wanted any more', async () => {
  const clock = new ManualClock()
  const attempt = new AbortController()
  const reading = askToken(() => new Promise<string>(() => {}), patience(clock, attempt.signal))
  expect(clock.waiting).toBe(1)
  attempt.abort()
  await expect(reading).rejects.toMatchObject({ code: 'AUTH_TOKEN_UNAVAILABLE' })
  expect(clock.waiting).toBe(0)
})
