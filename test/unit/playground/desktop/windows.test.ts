import { describe, expect, it, vi } from 'vitest'
import { present, Windows } from '../../../../playground/desktop/windows.ts'
import { FakeWindow } from '../../../support/fake-window.ts'

describe('The windows of the app', () => {
  it('are known by their contents, and by what they show', () => {
    const windows = new Windows(() => {})
    const [one, two] = [new FakeWindow(), new FakeWindow()]
    windows.add(one, 'you')
    windows.add(two)
    expect(windows.showing('you')).toBe(one)
    expect(windows.showing('work')).toBeUndefined()
    windows.bind(two.webContents.id, 'work')
    windows.bind(99_999, 'nobody')
    expect(windows.showing('work')).toBe(two)
    expect(windows.workspaceOf(two.webContents.mainFrame)).toBe('work')
    expect(windows.workspaceOf({ ...one.webContents.mainFrame, routingId: 77 })).toBeUndefined()
  })

  it('are in order of use, and tell of each change', () => {
    const onChange = vi.fn()
    const windows = new Windows(onChange)
    const [one, two] = [new FakeWindow(), new FakeWindow()]
    windows.add(one, 'one')
    windows.add(two, 'two')
    one.focus()
    expect(windows.list().map(({ workspace }) => workspace)).toEqual(['one', 'two'])
    expect(windows.isLooking).toBe(true)
    one.blur()
    expect(windows.isLooking).toBe(false)
    one.close()
    expect(windows.list().map(({ workspace }) => workspace)).toEqual(['two'])
    expect(windows.workspaceOf(one.webContents.mainFrame)).toBeUndefined()
    expect(onChange).toHaveBeenCalledTimes(4)
  })

  it('are brought to the front from wherever they are', () => {
    const window = new FakeWindow()
    window.minimized = true
    present(window)
    expect([window.isMinimized(), window.isFocused()]).toEqual([false, true])
    window.close()
    present(window)
    expect(window.isFocused()).toBe(false)
  })
})
