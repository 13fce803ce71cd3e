import { describe, expect, it } from 'vitest'
import { reviveContents } from '../../../../playground/desktop/revive.ts'

function page() {
  const state = { now: 0, loads: 0, isDestroyed: false }
  let gone: (event: unknown, details: { readonly reason: string }) => void = () => {}
  reviveContents(
    {
      on: (_, listener) => {
        gone = listener
      },
      isDestroyed: () => state.isDestroyed,
      reload: () => void state.loads++,
    },
    () => state.now,
  )
  const end = (reason: string, after: number) => {
    state.now += after
    gone({}, { reason })
    return state.loads
  }
  return { state, end }
}

describe('A page whose process ends', () => {
  it('is loaded again', () => {
    const { end } = page()
    expect(end('crashed', 60_000)).toBe(1)
    expect(end('oom', 60_000)).toBe(2)
  })

  it('is left alone where it ends at once, and loaded when it has lived again', () => {
    const { end } = page()
    expect(end('crashed', 100)).toBe(0)
    expect(end('crashed', 60_000)).toBe(1)
    expect(end('crashed', 100)).toBe(1)
  })

  it('is left alone where it was meant to end, or its window is closed', () => {
    const { end, state } = page()
    expect(end('clean-exit', 60_000)).toBe(0)
    state.isDestroyed = true
    expect(end('crashed', 60_000)).toBe(0)
  })
})
