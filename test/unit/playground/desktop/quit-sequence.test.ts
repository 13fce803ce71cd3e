import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { quitCleanly } from '../../../../playground/desktop/quit-sequence.ts'

/** Electron's `app`, as far as quitting goes: `before-quit` is asked each time, and whoever does not object lets it quit. */
function fakeApp() {
  const listeners: ((event: { preventDefault(): void }) => void)[] = []
  const app = {
    hasQuit: false,
    on: (_: 'before-quit', listener: (event: { preventDefault(): void }) => void) => void listeners.push(listener),
    quit: () => {
      let isPrevented = false
      const event = {
        preventDefault: () => {
          isPrevented = true
        },
      }
      for (const listener of listeners) listener(event)
      app.hasQuit ||= !isPrevented
    },
  }
  return app
}

function fakeTime(): void {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

describe('Quitting', () => {
  it('waits until everything is closed, which is done once', async () => {
    fakeTime()
    const app = fakeApp()
    let closed = () => {}
    const close = vi.fn(() => new Promise<void>(resolve => (closed = resolve)))
    quitCleanly({ app, close })
    app.quit()
    app.quit()
    await vi.advanceTimersByTimeAsync(3000)
    expect([app.hasQuit, close.mock.calls.length]).toEqual([false, 1])
    closed()
    await vi.advanceTimersByTimeAsync(0)
    expect([app.hasQuit, close.mock.calls.length]).toEqual([true, 1])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits a few seconds and no longer', async () => {
    fakeTime()
    const app = fakeApp()
    const onError = vi.fn()
    quitCleanly({ app, close: () => new Promise(() => {}), onError })
    app.quit()
    await vi.advanceTimersByTimeAsync(3999)
    expect(app.hasQuit).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(app.hasQuit).toBe(true)
    expect(String(onError.mock.calls[0])).toMatch(/longer than 4000 ms/)
  })

  it('is not kept from by what cannot be closed', async () => {
    fakeTime()
    const app = fakeApp()
    const onError = vi.fn()
    quitCleanly({ app, close: () => Promise.reject(new Error('the disk is full')), onError })
    app.quit()
    await vi.advanceTimersByTimeAsync(0)
    expect(app.hasQuit).toBe(true)
    expect(onError).toHaveBeenCalledOnce()
  })
})
