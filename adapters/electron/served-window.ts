/** One window, as the main process serves it: the ports of its frames, which end with the documents that opened them. */
import { Allowance } from './allowance.ts'
import { MAX_TEXT, type ToMain } from './bridge.ts'
import type { FrameNavigated, WindowContents, WindowFrame } from './electron-parts.ts'
import { readMessage } from './messages.ts'
import type { Refusal } from './refusal.ts'
import type { ServeWindowsOptions } from './serve-windows.ts'
import { weightOfText } from './weight.ts'
import { WindowBudget } from './window-budget.ts'
import { tell, WindowPort } from './window-port.ts'

/** Ports of one window at once: a page needs one for each workspace that it shows. */
const MAX_PORTS = 32

/**
 * What opening a port, or what is no message, takes of the allowance, in characters: ten openings each second are more than
 * any page needs, and whoever logs what is refused need not fear for the disk.
 */
const OPENING = 4 * 1024 * 1024

/** What a window is served with. */
export interface ServedWindowOptions extends Pick<ServeWindowsOptions, 'reach' | 'isAllowed' | 'onRefused'> {
  /** There is nothing more to serve. */
  readonly onGone: () => void
}

/** See the head of this file. */
export class ServedWindow {
  readonly #contents: WindowContents
  readonly #options: ServedWindowOptions
  /** Of the page, and of all frames inside it: these may be anybody's. */
  readonly #allowances = { page: new Allowance(() => performance.now()), inner: new Allowance(() => performance.now()) }
  readonly #budget = new WindowBudget()
  /** By the frame and the name that its document has chosen. */
  readonly #ports = new Map<string, WindowPort>()

  constructor(contents: WindowContents, options: ServedWindowOptions) {
    this.#contents = contents
    this.#options = options
  }

  /** Takes note of documents that go, from now on. */
  begin(): void {
    this.#contents.on('did-frame-navigate', this.#onNavigated)
    this.#contents.on('render-process-gone', this.#onCrash)
    this.#contents.on('destroyed', this.#onDestroyed)
  }

  /** Ends every port of the window. */
  close(): void {
    this.#contents.removeListener('did-frame-navigate', this.#onNavigated)
    this.#contents.removeListener('render-process-gone', this.#onCrash)
    this.#contents.removeListener('destroyed', this.#onDestroyed)
    this.#endAll(() => true)
    this.#options.onGone()
  }

  /** A message of one of its frames. */
  take(frame: WindowFrame, given: unknown): void {
    const message = readMessage(given)
    const allowance = this.#allowances[kindOf(frame)]
    const wasFlooding = allowance.isUsedUp
    if (!allowance.take(weightOf(message))) return this.#onFlood(frame, message, wasFlooding)
    if (!message) return this.#refuse(frame, NONSENSE)
    if (message.type === 'open') this.#open(frame, message)
    else this.#pass(frame, message)
  }

  #open(frame: WindowFrame, { port: name, workspace }: ToMain & { readonly type: 'open' }): void {
    const place = placeOf(frame)
    const key = `${place}/${name}`
    const refusal = this.#refusalOf(frame, workspace) ?? (this.#ports.has(key) ? REUSED : undefined)
    if (refusal) {
      const [code, message] = refusal
      tell(frame, { type: 'opened', port: name, opening: { name: 'refused', code, message } })
      return this.#refuse(frame, refusal, workspace)
    }
    const port = new WindowPort({
      ...{ frame, place, name, workspace, reach: this.#options.reach, budget: this.#budget },
      onEnd: wrong => {
        this.#ports.delete(key)
        if (wrong) this.#refuse(frame, wrong, workspace)
      },
    })
    this.#ports.set(key, port)
    void port.open()
  }

  #pass(frame: WindowFrame, message: Exclude<ToMain, { readonly type: 'open' }>): void {
    const port = this.#ports.get(`${placeOf(frame)}/${message.port}`)
    if (!port) {
      if (message.type === 'text') tell(frame, { type: 'closed', port: message.port })
    } else if (!this.#isAllowed(frame, port.workspace)) {
      port.end(FORBIDDEN)
    } else if (message.type === 'text') {
      if (message.text.length > MAX_TEXT) port.refuseLong()
      else port.fromWindow(message.text)
    } else if (message.type === 'read') {
      port.read(message.characters)
    } else {
      port.end()
    }
  }

  #refusalOf(frame: WindowFrame, workspace: string): Refusal | undefined {
    if (!this.#isAllowed(frame, workspace)) return FORBIDDEN
    return this.#ports.size >= MAX_PORTS ? ['RATE_LIMITED', 'The window has too many ports.'] : undefined
  }

  #isAllowed(frame: WindowFrame, workspace: string): boolean {
    try {
      return !frame.isDestroyed() && this.#options.isAllowed(frame, workspace) === true
    } catch {
      return false // the frame may be gone while it is looked at
    }
  }

  /** What is said while it floods is not looked at; who waits to be let in is told to try again. */
  #onFlood(frame: WindowFrame, message: ToMain | undefined, isTold: boolean): void {
    if (message?.type === 'open') tell(frame, { type: 'opened', port: message.port, opening: { name: 'nobody' } })
    if (isTold) return
    const kind = kindOf(frame)
    this.#endAll(port => kindOf(port.frame) === kind)
    this.#refuse(frame, FLOOD)
  }

  #refuse(frame: WindowFrame, [code, message]: Refusal, workspace?: string): void {
    this.#options.onRefused?.({ code, message, url: urlOf(frame), ...(workspace === undefined ? {} : { workspace }) })
  }

  /** A frame of another process has other numbers than the document before it in the same place. */
  readonly #onNavigated: FrameNavigated = (_event, _url, _code, _status, isMainFrame, processId, routingId) => {
    const come = placeAt({ processId, routingId })
    this.#endAll(({ frame, place }) => isMainFrame || place === come || placeOf(frame) !== place)
  }

  readonly #onCrash = () => this.#endAll(() => true)
  readonly #onDestroyed = () => this.close()

  #endAll(which: (port: WindowPort) => boolean): void {
    for (const port of [...this.#ports.values()]) if (which(port)) port.end()
  }
}

const FORBIDDEN: Refusal = ['FORBIDDEN', 'This frame may not see the workspace.']
const FLOOD: Refusal = ['RATE_LIMITED', 'The window says more than is listened to.']
const NONSENSE: Refusal = ['PROTOCOL_FRAME_INVALID', 'This is no message of the bridge.']
const REUSED: Refusal = ['PROTOCOL_PARAMS_INVALID', 'The name of the port is that of another.']

/** Where a frame stands; nowhere once it is gone: its numbers are not to be had then. */
function placeOf(frame: WindowFrame): string {
  try {
    return frame.isDestroyed() ? '' : placeAt(frame)
  } catch {
    return ''
  }
}

/** What is gone is not the page. */
function kindOf(frame: WindowFrame): 'page' | 'inner' {
  try {
    return frame.parent === null ? 'page' : 'inner'
  } catch {
    return 'inner'
  }
}

function placeAt({ processId, routingId }: Pick<WindowFrame, 'processId' | 'routingId'>): string {
  return `${processId}:${routingId}`
}

/** What a message takes of the allowance: what is longer than any text may be is not read. */
function weightOf(message: ToMain | undefined): number {
  if (!message || message.type === 'open') return OPENING
  if (message.type !== 'text') return 0
  return message.text.length > MAX_TEXT ? MAX_TEXT : weightOfText(message.text)
}

function urlOf(frame: WindowFrame): string {
  try {
    return frame.url
  } catch {
    return '' // the frame is gone
  }
}
