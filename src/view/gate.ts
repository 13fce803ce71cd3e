/**
 * What stands between a view that is not trusted and the owner of a workspace: whatever the view sends, the owner meets only
 * calls that were made anew from what it may ask, a few at a time. Only adapters need this, and the client never loads it.
 */
import { IMError } from '../errors.ts'
import type { Port, PortEvents } from '../storage/views.ts'
import { callFrame, errorFrame, type Frame, type FrameId, readFrame, resultFrame } from './frames.ts'
import { pack } from './values.ts'

/** A call, as it crosses. */
export interface Crossing {
  readonly method: string
  readonly params: unknown
}

/** What a view may ask of the owner, and the owner of the view. */
export interface GateRules {
  /**
   * A call of the view, made anew from the parts that it may have. @throws IMError why it does not cross; `TypeError` where
   * an argument is not of its type: the method itself would say so
   */
  readonly crossing: (method: string, params: unknown) => Crossing
  /** Whether the view hears of a call of the owner: what it may not hear is dropped. */
  readonly mayHear: (method: string) => boolean
  /** The result with which the owner's call of that name is answered, made anew from what the view gave. */
  readonly answer: (method: string, result: unknown) => unknown
}

/** How much of anything a gate lets pass; lengths in UTF-16 code units. */
export interface GateLimits {
  /** Calls of the view that the owner is not done with yet, those that want no answer included. */
  readonly openCalls: number
  /** Texts that are no message, before the view is cut. */
  readonly badFrames: number
  /** What waits for a view that does not read, and for an owner that does not. */
  readonly toView: number
  readonly toOwner: number
  /** The longest text that the view is sent: a longer answer becomes an error. */
  readonly answer: number
}

/** Why a gate has closed: the view sends nonsense, one end does not read, or the owner is gone. */
export type GateEnd = 'nonsense' | 'viewIsSlow' | 'ownerIsSlow' | 'ownerIsGone'

/** What a gate works with. */
export interface GateOptions {
  /** The way to the view. */
  readonly view: Pick<Port, 'send' | 'bufferedAmount'>
  readonly rules: GateRules
  readonly limits: GateLimits
  /** It has closed by itself. Called once. */
  readonly onEnd: (end: GateEnd) => void
}

/** See the head of this file. It is what the owner's port tells, from before that is there. */
export class Gate implements PortEvents {
  readonly #options: GateOptions
  #port: Port | undefined
  #hasEnded = false
  #badFrames = 0
  /** What the owner was asked and has not answered, and whether the view wants to hear it; what it has asked the view. */
  readonly #open = new Map<FrameId, boolean>()
  readonly #asked = new Map<FrameId, string>()
  #lastTold = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Takes the owner's port into use. */
  attach(port: Port): void {
    if (this.#hasEnded) port.close()
    else this.#port = port
  }

  /** A text of the view. The owner's port is there. */
  fromView(text: string): void {
    if (this.#hasEnded || !this.#port) return
    const frame = readFrame(text)
    if (frame) this.#toOwner(this.#port, frame)
    else this.#refuse()
  }

  /** A text of the owner. */
  onText(text: string): void {
    const frame = this.#hasEnded ? undefined : readFrame(text)
    if (!frame) return
    const { rules, limits } = this.#options
    const isTooLong = text.length > limits.answer
    if (frame.kind === 'answer') {
      const isWanted = this.#open.get(frame.id)
      this.#open.delete(frame.id)
      if (isWanted) this.#send(isTooLong ? errorFrame(frame.id, tooLong()) : text)
      return
    }
    const { id, method } = frame
    if (!rules.mayHear(method)) return
    if (isTooLong) {
      if (id !== undefined) this.#port?.send(errorFrame(id, tooLong()))
      return
    }
    if (id !== undefined) this.#asked.set(id, method)
    this.#send(text)
  }

  /** The owner has gone. */
  onClose(): void {
    this.#end('ownerIsGone')
  }

  /** Closes it from this side, without `onEnd`. */
  close(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#port?.close()
  }

  #toOwner(port: Port, frame: Frame): void {
    const { rules, limits } = this.#options
    if (port.bufferedAmount > limits.toOwner) return this.#end('ownerIsSlow')
    if (frame.kind === 'answer') return this.#answer(port, frame)
    const { id, method, params } = frame
    const asked = id ?? `told ${++this.#lastTold}` // asked too: so it is known when the owner has done it
    try {
      const text = callFrame(asked, rules.crossing(method, params))
      this.#begin(asked, id !== undefined)
      port.send(text)
    } catch (error) {
      if (id !== undefined) this.#send(error instanceof TypeError ? thrownFrame(id, error) : errorFrame(id, error))
    }
  }

  /** What nobody has asked is dropped. */
  #answer(port: Port, { id, result }: Frame & { readonly kind: 'answer' }): void {
    const method = this.#asked.get(id)
    if (method === undefined) return
    this.#asked.delete(id)
    port.send(resultFrame(id, this.#options.rules.answer(method, result)))
  }

  #begin(id: FrameId, isWanted: boolean): void {
    if (this.#open.has(id)) throw new IMError('PROTOCOL_PARAMS_INVALID', 'The id is that of another call.')
    if (this.#open.size >= this.#options.limits.openCalls) throw new IMError('RATE_LIMITED', 'Too many calls at once.')
    this.#open.set(id, isWanted)
  }

  #send(text: string): void {
    const { view, limits } = this.#options
    if (view.bufferedAmount + text.length > limits.toView) this.#end('viewIsSlow')
    else view.send(text)
  }

  #refuse(): void {
    this.#badFrames += 1
    if (this.#badFrames > this.#options.limits.badFrames) return this.#end('nonsense')
    this.#send(errorFrame(null, new IMError('PROTOCOL_FRAME_INVALID', 'The frame is no JSON-RPC 2.0.')))
  }

  #end(end: GateEnd): void {
    if (this.#hasEnded) return
    this.close()
    this.#options.onEnd(end)
  }
}

/** As the owner answers with what a method has thrown. */
function thrownFrame(id: FrameId, error: TypeError): string {
  return resultFrame(id, { error: pack(error) })
}

function tooLong(): IMError {
  return new IMError('PROTOCOL_FRAME_TOO_LARGE', 'The text is longer than a view is sent.')
}
