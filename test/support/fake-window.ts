/** A window without Electron: what `BrowserWindow` says of itself, and what was sent to its page. */

import type { WindowContents, WindowFrame } from '../../adapters/electron/electron-parts.ts'
import type { ConsoleWindow } from '../../playground/desktop/windows.ts'

let lastId = 0

/** What windows ask of their frames in tests. */
export const FAKE_ORIGIN = 'app://console'

/** See the head of this file. */
export class FakeWindow implements ConsoleWindow {
  /** What the main process sent, in order. */
  readonly sent: (readonly [channel: string, ...values: readonly unknown[]])[] = []
  readonly webContents: ConsoleWindow['webContents'] & WindowContents & { readonly mainFrame: WindowFrame }
  readonly hash: string
  minimized = false
  /** Called for each message to the page. */
  onSent: (channel: string, value: unknown) => void = () => {}
  readonly #listeners = new Map<string, Set<(...args: never[]) => void>>()
  #isFocused = false
  #isDestroyed = false

  constructor(hash = '', origin = FAKE_ORIGIN) {
    this.hash = hash
    const id = ++lastId
    const send = (channel: string, ...values: readonly unknown[]) => {
      this.sent.push([channel, ...values])
      this.onSent(channel, values[0])
    }
    const mainFrame: WindowFrame = {
      url: `${origin}/${hash}`,
      origin,
      parent: null,
      processId: 1,
      routingId: id,
      isDestroyed: () => this.#isDestroyed,
      send,
    }
    this.webContents = {
      id,
      mainFrame,
      send,
      on: (event: string, listener: (...args: never[]) => void) => this.#on(event, listener),
      removeListener: (event: string, listener: (...args: never[]) => void) => {
        this.#listeners.get(event)?.delete(listener)
      },
    }
  }

  isDestroyed = () => this.#isDestroyed
  isFocused = () => this.#isFocused
  isMinimized = () => this.minimized

  restore(): void {
    this.minimized = false
  }

  show(): void {
    // it is never hidden
  }

  focus(): void {
    this.#isFocused = true
    this.#emit('focus')
  }

  blur(): void {
    this.#isFocused = false
  }

  close(): void {
    this.#isDestroyed = true
    this.#isFocused = false
    this.#emit('destroyed')
    this.#emit('closed')
  }

  /** Another document has come into the window. */
  reload(): void {
    const { processId, routingId } = this.webContents.mainFrame
    this.#emit('did-frame-navigate', undefined, '', 200, '', true, processId, routingId)
  }

  on(event: 'closed' | 'focus', listener: () => void): void {
    this.#on(event, listener)
  }

  #on(event: string, listener: (...args: never[]) => void): void {
    const known = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, known.add(listener))
  }

  #emit(event: string, ...args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? [])
      (listener as (...args: readonly unknown[]) => void)(...args)
  }
}
