/** An app whose main process owns the workspace of `alice`, its windows, and `bob` at the other end of a server in memory. */
import { setImmediate } from 'node:timers/promises'
import {
  type IMClient,
  type IMClientOptions,
  type IMError,
  memoryDisk,
  memoryStorage,
  type PortEvents,
} from 'im-client'
import { mainFrameOf, type Refused, type ServedWindows, serveWindows } from 'im-client/adapters/electron/main'
import { bridgeStorage } from 'im-client/adapters/electron/renderer'
import { onTestFinished } from 'vitest'
import { IPC_CHANNEL, type ToWindow } from '../../adapters/electron/bridge.ts'
import { APP, type TestFrame, TestIpcMain, TestWindow } from './electron-bridge.ts'
import { World } from './world.ts'

/** See the head of this file. */
export class AppWorld {
  readonly world = new World()
  readonly ipcMain = new TestIpcMain()
  readonly refused: Refused[] = []
  /** What the owner said was wrong. */
  readonly errors: IMError[]
  readonly owner: IMClient
  readonly #disk = memoryDisk()
  windows: ServedWindows
  #lastWindow = 0

  private constructor() {
    const { client, errors } = this.world.client('alice', { queue: true }, this.#disk)
    this.owner = client
    this.errors = errors
    this.windows = this.#serve()
  }

  /** A world in which everybody is connected. */
  static async start(): Promise<AppWorld> {
    const app = new AppWorld()
    onTestFinished(() => app.world.end())
    await app.world.startServer()
    await app.owner.connect()
    return app
  }

  /** Ends every port, and serves windows again. */
  serveAnew(): void {
    this.windows.close()
    this.windows = this.#serve()
  }

  /** A window that shows a page of the app, or another. */
  window(url?: string): TestWindow {
    return new TestWindow(this.ipcMain, { id: ++this.#lastWindow, ...(url === undefined ? {} : { url }) })
  }

  /** The client of the page in a window. */
  client(window: TestWindow, options: Partial<IMClientOptions> = {}): IMClient {
    const storage = bridgeStorage('work', window.bridge)
    return this.world.client('alice', { ...options, attach: true, storage }, this.#disk).client
  }

  /** Ends a window in the midst of whatever it does. Its client is gone with it, and cannot even close. */
  end(client: IMClient, how: () => void): void {
    this.world.forget(client)
    how()
  }

  /** A page that says what a test wants, let in and attached. */
  async hostile(window = this.window()): Promise<RawPage> {
    const page = new RawPage(window.mainFrame)
    await page.open()
    await page.ask('attach', { version: 1, agentId: null })
    return page
  }

  #serve(): ServedWindows {
    return serveWindows({
      ipcMain: this.ipcMain,
      reach: (workspace, events) => this.#reach(workspace, events),
      isAllowed: mainFrameOf(APP),
      onRefused: refused => this.refused.push(refused),
    })
  }

  #reach(workspace: string, events: PortEvents) {
    if (workspace === 'slow') return new Promise<undefined>(() => {})
    if (workspace === 'broken') return Promise.reject(new Error('The disk is gone.'))
    const isThere = workspace === 'work'
    return (isThere ? memoryStorage(this.#disk).views?.connect(events) : undefined) ?? Promise.resolve(undefined)
  }
}

/** An answer on the wire. */
export interface RawAnswer {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: { readonly value?: unknown; readonly error?: unknown }
  readonly error?: { readonly data: { readonly code: string } }
}

/** See {@link AppWorld.hostile}: it has taken its process over, and is not held up by the preload script. */
export class RawPage {
  readonly #frame: TestFrame
  readonly #port: string
  #last = 0

  constructor(frame: TestFrame, port = 'mine') {
    this.#frame = frame
    this.#port = port
  }

  /** What the main process has told the port. */
  get told(): readonly ToWindow[] {
    return (this.#frame.heard as readonly ToWindow[]).filter(({ port }) => port === this.#port)
  }

  /** The texts of the owner, and of the gate. */
  get frames(): readonly RawAnswer[] {
    return this.told.flatMap(message => (message.type === 'text' ? [JSON.parse(message.text) as RawAnswer] : []))
  }

  get isClosed(): boolean {
    return this.told.some(({ type }) => type === 'closed')
  }

  say(message: unknown): void {
    this.#frame.say(IPC_CHANNEL, message)
  }

  async open(workspace: unknown = 'work') {
    this.say({ type: 'open', port: this.#port, workspace })
    const told = await until(() => this.told.find(({ type }) => type === 'opened'))
    return told.type === 'opened' ? told.opening : undefined
  }

  send(text: unknown): void {
    this.say({ type: 'text', port: this.#port, text: typeof text === 'string' ? text : JSON.stringify(text) })
  }

  /** Calls, and gives the whole answer. */
  async ask(method: string, params: unknown, id: unknown = `ask-${++this.#last}`): Promise<RawAnswer> {
    const before = this.frames.length
    this.send({ jsonrpc: '2.0', id, method, params })
    return await until(() => this.frames.slice(before).find(frame => frame.id === id && frame.method === undefined))
  }

  /** Calls a method of the client; gives its value, or the code or the name of the error. */
  async call(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return outcomeOf(await this.ask('call', { id: ++this.#last, name, args }))
  }
}

/** The value of an answer, or the code or the name of the error in it. */
export function outcomeOf({ result, error }: RawAnswer): unknown {
  if (error) return error.data.code
  const thrown = result?.error as { readonly $error?: { readonly name: string } } | undefined
  return thrown ? thrown.$error?.name : result?.value
}

/** Resolves with the first value that there is. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    await setImmediate()
  }
}
