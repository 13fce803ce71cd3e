import { type SecondStart, type SingleInstanceApp, singleInstance } from 'im-client/adapters/electron/main'
import { expect, it } from 'vitest'

/** Electron's `app`, of which one holds the lock. */
class TestApp implements SingleInstanceApp {
  readonly #isFirst: boolean
  hasQuit = false
  second: Parameters<SingleInstanceApp['on']>[1] = () => {}

  constructor(isFirst: boolean) {
    this.#isFirst = isFirst
  }

  requestSingleInstanceLock() {
    return this.#isFirst
  }

  quit() {
    this.hasQuit = true
  }

  on(_event: 'second-instance', listener: Parameters<SingleInstanceApp['on']>[1]) {
    this.second = listener
  }
}

it('The first instance is told of each that comes after it', () => {
  const app = new TestApp(true)
  const starts: SecondStart[] = []
  expect(singleInstance({ app, onSecond: start => starts.push(start) })).toBe(true)
  app.second({}, ['app', 'im://chats/bob'], '/tmp')
  expect(starts).toEqual([{ argv: ['app', 'im://chats/bob'], workingDirectory: '/tmp' }])
  expect(app.hasQuit).toBe(false)
})

it('The second instance quits', () => {
  const app = new TestApp(false)
  expect(singleInstance({ app, onSecond: () => {} })).toBe(false)
  expect(app.hasQuit).toBe(true)
})
