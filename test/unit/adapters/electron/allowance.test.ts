import { describe, expect, it } from 'vitest'
import { Allowance } from '../../../../adapters/electron/allowance.ts'

describe('The allowance of a window', () => {
  it('is ten seconds of messages at once, then so many a second', () => {
    let now = 0
    const allowance = new Allowance(() => now)
    const taken = (count: number) => Array.from({ length: count }, () => allowance.take(0)).filter(Boolean).length
    expect(taken(99_000)).toBe(99_000)
    now += 1000
    expect(taken(10_000)).toBe(10_000)
    expect(taken(10_000)).toBeLessThan(1100)
  })

  it('counts what is long for as many', () => {
    const allowance = new Allowance(() => 0)
    expect(allowance.take(99_000 * 4096)).toBe(true)
    expect(allowance.take(1001 * 4096)).toBe(false)
  })

  it('once used up is there again when the window has been calm for some seconds', () => {
    let now = 0
    const allowance = new Allowance(() => now)
    while (allowance.take(1024 * 1024)); // all that there is
    now += 1000
    expect(allowance.take(0)).toBe(false)
    now += 5000
    expect(allowance.take(0)).toBe(true)
    expect(allowance.take(1024 * 1024)).toBe(true)
  })
})
