/**
 * Windows as Electron has them, without Electron: every message between a document and the main process goes through a
 * `MessageChannel`, which clones as Electron's IPC does. Frames navigate, reload, crash and are destroyed.
 */
import type { Bridge } from '../../adapters/electron/bridge.ts'
import type {
  FrameNavigated,
  IpcMainPart,
  WindowContents,
  WindowFrame,
  WindowMessageListener,
} from '../../adapters/electron/main.ts'
import { exposeBridge } from '../../adapters/electron/preload.ts'

/** Where the app's own pages are. */
export const APP = 'app://console'

/** The main process' end. */
export class TestIpcMain implements IpcMainPart {
  readonly #listeners = new Map<string, Set<WindowMessageListener>>()

  on(channel: string, listener: WindowMessageListener): void {
    this.#listeners.set(channel, (this.#listeners.get(channel) ?? new Set()).add(listener))
  }

  removeListener(channel: string, listener: WindowMessageListener): void {
    this.#listeners.get(channel)?.delete(listener)
  }

  /** Whether anybody listens. */
  get isServed(): boolean {
    return [...this.#listeners.values()].some(listeners => listeners.size > 0)
  }

  /** What Electron does with a message of a frame that is still there. */
  tell(channel: string, event: Parameters<WindowMessageListener>[0], message: unknown): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener(event, message)
  }
}

/** A document in a frame: ends with the next one, or with its process. */
class TestDocument {
  /** The preload script's end, and the main process'. */
  readonly #channel = new MessageChannel()
  readonly #listeners = new Map<string, (event: unknown, message: unknown) => void>()
  bridge: Bridge | undefined

  constructor(onMessage: (channel: string, message: unknown) => void) {
    const { port1: inner, port2: outer } = this.#channel
    outer.onmessage = ({ data: [channel, message] }) => onMessage(channel, message)
    inner.onmessage = ({ data: [channel, message] }) => this.#listeners.get(channel)?.({}, message)
    for (const port of [inner, outer]) (port as { readonly unref?: () => void }).unref?.() // Node would wait for them
    exposeBridge({
      contextBridge: { exposeInMainWorld: (_name, api) => (this.bridge = api as Bridge) },
      ipcRenderer: {
        send: (channel, message) => this.send(channel, message),
        on: (channel, listener) => this.#listeners.set(channel, listener),
      },
    })
  }

  /** As the preload script, or whoever has taken its process over. */
  send(channel: string, message: unknown): void {
    this.#channel.port1.postMessage([channel, message])
  }

  hear(channel: string, message: unknown): void {
    this.#channel.port2.postMessage([channel, message])
  }

  end(): void {
    this.#channel.port1.close()
    this.#channel.port2.close()
  }
}

/** Numbers as Electron gives them to frames. */
interface FrameNumbers {
  readonly processId: number
  readonly routingId: number
}

/** A frame with the document in it. */
export class TestFrame implements WindowFrame {
  readonly parent: TestFrame | null
  /** Everything that the main process has sent it. */
  readonly heard: unknown[] = []
  /** How often the main process has sent it something when it was gone: Electron logs an error each time. */
  sentInVain = 0
  readonly #numbers: FrameNumbers
  readonly #onMessage: (frame: TestFrame, channel: string, message: unknown) => void
  #document: TestDocument | undefined
  #url = ''

  constructor(
    { parent, ...numbers }: FrameNumbers & { readonly parent: TestFrame | null },
    onMessage: (frame: TestFrame, channel: string, message: unknown) => void,
  ) {
    this.parent = parent
    this.#numbers = numbers
    this.#onMessage = onMessage
  }

  get url(): string {
    this.#requireDocument()
    return this.#url
  }

  get processId(): number {
    this.#requireDocument()
    return this.#numbers.processId
  }

  get routingId(): number {
    this.#requireDocument()
    return this.#numbers.routingId
  }

  get origin(): string {
    return /^\w+:\/\/[^/?#]*/.exec(this.url)?.[0] ?? 'null'
  }

  /** What the page has of the preload script. */
  get bridge(): Bridge {
    if (!this.#document?.bridge) throw new Error('There is no document, or no bridge in it.')
    return this.#document.bridge
  }

  isDestroyed(): boolean {
    return this.#document === undefined
  }

  send(channel: string, message: unknown): void {
    if (!this.#document) {
      this.sentInVain += 1
      return
    }
    this.heard.push(structuredClone(message))
    this.#document.hear(channel, message)
  }

  /** Says anything, as a page does that has taken over its process. */
  say(channel: string, message: unknown): void {
    this.#document?.send(channel, message)
  }

  /** Puts a new document into the frame. */
  load(url: string): void {
    this.end()
    this.#url = url
    const document: TestDocument = new TestDocument((channel, message) => {
      if (this.#document === document) this.#onMessage(this, channel, message)
    })
    this.#document = document
  }

  /** Changes the address of the document that is there, as its history does. */
  move(url: string): void {
    this.#url = url
  }

  end(): void {
    this.#document?.end()
    this.#document = undefined
  }

  #requireDocument(): void {
    if (!this.#document) throw new Error('Render frame was disposed before WebFrameMain could be accessed')
  }
}

/** A window. */
export class TestWindow implements WindowContents {
  readonly id: number
  readonly #ipcMain: TestIpcMain
  readonly #listeners = new Map<string, Set<(...args: never[]) => void>>()
  #lastFrame = 0
  mainFrame: TestFrame

  constructor(ipcMain: TestIpcMain, { id = 1, url = `${APP}/index.html` } = {}) {
    this.id = id
    this.#ipcMain = ipcMain
    this.mainFrame = this.#frame(null)
    this.mainFrame.load(url)
  }

  get bridge(): Bridge {
    return this.mainFrame.bridge
  }

  on(event: string, listener: (...args: never[]) => void): void {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener))
  }

  removeListener(event: string, listener: (...args: never[]) => void): void {
    this.#listeners.get(event)?.delete(listener)
  }

  /** How many listen to the window. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** A frame inside the page, in a process of its own, in which the preload script runs too. */
  addFrame(url: string): TestFrame {
    const frame = this.#frame(this.mainFrame)
    frame.load(url)
    return frame
  }

  /** A message that arrives when its frame is gone. */
  late(frame: TestFrame, channel: string, message: unknown): void {
    this.#ipcMain.tell(channel, { sender: this, senderFrame: frame }, message)
  }

  /** The page is loaded once more, into the same frame. */
  reload(): void {
    this.navigate(this.mainFrame.url)
  }

  /** `elsewhere`: in another process, as a page of another site. */
  navigate(url: string, { elsewhere = false } = {}): void {
    if (elsewhere) {
      this.mainFrame.end()
      this.mainFrame = this.#frame(null)
    }
    this.mainFrame.load(url)
    this.#emit('did-frame-navigate', this.#navigated(this.mainFrame, true))
  }

  /** Another document in a frame inside the page. */
  navigateFrame(frame: TestFrame, url: string): void {
    frame.load(url)
    this.#emit('did-frame-navigate', this.#navigated(frame, false))
  }

  /** The process of the page ends. */
  crash(): void {
    this.mainFrame.end()
    this.#emit('render-process-gone', [])
  }

  close(): void {
    this.mainFrame.end()
    this.#emit('destroyed', [])
  }

  #navigated({ url, processId, routingId }: TestFrame, isMainFrame: boolean): Parameters<FrameNavigated> {
    return [{}, url, 200, 'OK', isMainFrame, processId, routingId]
  }

  #frame(parent: TestFrame | null): TestFrame {
    const numbers = { processId: this.id * 100 + ++this.#lastFrame, routingId: 1 }
    return new TestFrame({ ...numbers, parent }, (frame, channel, message) =>
      this.#ipcMain.tell(channel, { sender: this, senderFrame: frame }, message),
    )
  }

  #emit(event: string, args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]))
  }
}
