/** One port of a document: texts go between it and the owner of a workspace, through a gate that lets only checked calls pass. */
import { errorFrame, Gate, type GateEnd, type GateLimits, IMError } from '../../src/index.ts'
import { IPC_CHANNEL, type Opening, type ToWindow } from './bridge.ts'
import type { WindowFrame } from './electron-parts.ts'
import type { Refusal } from './refusal.ts'
import type { ServeWindowsOptions } from './serve-windows.ts'
import type { WindowBudget } from './window-budget.ts'
import { WindowCalls } from './window-calls.ts'

/** What passes between one document and the owner: a client in a window may do whatever a client does, and as much at once. */
const LIMITS: GateLimits = {
  openCalls: 10_000,
  badFrames: 16,
  toView: 256 * 1024 * 1024,
  toOwner: 256 * 1024 * 1024,
  answer: 64 * 1024 * 1024,
}

/** How ends of the gate are told; that the owner has gone is nothing wrong. */
const ENDS: Readonly<Record<GateEnd, Refusal | undefined>> = {
  nonsense: ['PROTOCOL_FRAME_INVALID', 'The window sends what is no JSON-RPC.'],
  viewIsSlow: ['RATE_LIMITED', 'The window does not read what it is sent.'],
  ownerIsSlow: ['RATE_LIMITED', 'The window sends more than the owner reads.'],
  ownerIsGone: undefined,
}

const TOO_LONG: Refusal = ['PROTOCOL_FRAME_TOO_LARGE', 'The text is longer than the bridge carries.']

/** What a port works with. */
export interface WindowPortOptions {
  readonly frame: WindowFrame
  /** Where the frame stood. */
  readonly place: string
  readonly name: string
  readonly workspace: string
  readonly reach: ServeWindowsOptions['reach']
  readonly budget: WindowBudget
  /** It is closed, and why where something was wrong. Called once. */
  readonly onEnd: (wrong: Refusal | undefined) => void
}

/** See the head of this file. */
export class WindowPort {
  readonly #options: WindowPortOptions
  readonly #gate: Gate
  #isOpen = false
  #hasEnded = false
  /** What this port has added to the characters that the window has not read. */
  #unread = 0

  constructor(options: WindowPortOptions) {
    this.#options = options
    const { budget } = options
    this.#gate = new Gate({
      view: {
        send: text => this.#send(text),
        get bufferedAmount() {
          return budget.unread
        },
      },
      rules: new WindowCalls(budget),
      limits: LIMITS,
      onEnd: end => this.end(ENDS[end]),
    })
  }

  get frame(): WindowFrame {
    return this.#options.frame
  }

  get place(): string {
    return this.#options.place
  }

  get workspace(): string {
    return this.#options.workspace
  }

  /** Reaches the owner, and tells the window what it has found. */
  async open(): Promise<void> {
    const { workspace, reach } = this.#options
    try {
      const port = await reach(workspace, this.#gate)
      if (this.#hasEnded) return port?.close()
      if (!port) return this.#shut({ name: 'nobody' })
      this.#gate.attach(port)
      this.#isOpen = true
      this.#tell({ type: 'opened', port: this.#options.name, opening: { name: 'open' } })
    } catch (error) {
      const known = error instanceof IMError ? error : new IMError('INTERNAL', 'The workspace cannot be reached.')
      this.#shut({ name: 'refused', code: known.code, message: known.message })
    }
  }

  /** A text of the window. It waits until the port is open before it sends one. */
  fromWindow(text: string): void {
    if (this.#isOpen) this.#gate.fromView(text)
    else this.end(ENDS.nonsense)
  }

  /** The window has read so many characters more. */
  read(characters: number): void {
    this.#count(-Math.min(characters, this.#unread))
  }

  /** The window has sent a text that is longer than any may be. */
  refuseLong(): void {
    this.#send(errorFrame(null, new IMError(...TOO_LONG)))
    this.end(TOO_LONG)
  }

  /** Ends both sides. */
  end(wrong?: Refusal): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#gate.close()
    this.#count(-this.#unread)
    tell(this.#options.frame, { type: 'closed', port: this.#options.name })
    this.#options.onEnd(wrong)
  }

  #shut(opening: Opening): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    tell(this.#options.frame, { type: 'opened', port: this.#options.name, opening })
    this.#options.onEnd(opening.name === 'refused' ? [opening.code, opening.message] : undefined)
  }

  #send(text: string): void {
    this.#count(text.length)
    this.#tell({ type: 'text', port: this.#options.name, text })
  }

  #count(characters: number): void {
    this.#unread += characters
    this.#options.budget.unread += characters
  }

  #tell(message: ToWindow): void {
    if (!tell(this.#options.frame, message)) this.end()
  }
}

/** Tells a frame something; says whether it was still there. */
export function tell(frame: WindowFrame, message: ToWindow): boolean {
  try {
    if (frame.isDestroyed()) return false
    frame.send(IPC_CHANNEL, message)
    return true
  } catch {
    return false // the frame is gone, and with it whoever would be told
  }
}
