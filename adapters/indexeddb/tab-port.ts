/**
 * One end of a wire between two tabs: a channel of their own for texts, and a lock for each end, which the other waits for.
 * It gets the lock in the moment in which that end is gone, whatever way.
 */
import type { Port, PortEvents } from '../../src/index.ts'
import { Patience } from './patience.ts'
import { tabLocks } from './tab-lock.ts'

/** What is said beside texts. An end that is left, or falls asleep, says so after its last text. */
const PING = 0
const PONG = 1
const LEFT = 2
const ASLEEP = 3

/** The two ends. */
type Side = 'owner' | 'view'

/** See the head of this file. */
export class TabPort implements Port {
  readonly bufferedAmount = 0 // the browser does not tell
  readonly #name: string
  readonly #side: Side
  readonly #channel: BroadcastChannel
  readonly #ended = new AbortController()
  #events: PortEvents | undefined
  #patience: Patience | undefined
  /** Told when this end is left, from either side. */
  onEnd: () => void = () => {}

  constructor(name: string, side: Side) {
    this.#name = name
    this.#side = side
    this.#channel = new BroadcastChannel(name)
  }

  /** Takes the lock of this end. The other end may be told of the port once this has resolved. */
  hold(): Promise<void> {
    return new Promise((resolve, reject) => {
      const hold = () => {
        resolve()
        return new Promise<void>(letGo => this.#ended.signal.addEventListener('abort', () => letGo()))
      }
      this.#lock(this.#side, hold).catch(reject)
    })
  }

  /** Takes the port into use: the other end holds its lock. */
  begin(events: PortEvents): void {
    this.#events = events
    this.#channel.onmessage = ({ data }) => this.#onData(data)
    const other = this.#side === 'view' ? 'owner' : 'view'
    this.#lock(other, () => this.end()).catch(() => {}) // it has ended
    if (this.#side === 'owner') return
    const ask = () => this.#channel.postMessage(PING)
    this.#patience = new Patience({ ask, onSilence: () => this.#onSilence() })
    this.#patience.begin()
  }

  /** Told when the other end is asleep. */
  onSilence: () => void = () => {}

  send(text: string): void {
    if (!this.#isOver) this.#channel.postMessage(text)
  }

  /** Ends it on both sides because this one falls asleep: nobody has to wait for an answer to know it. */
  sleep(): void {
    if (!this.#isOver) this.#channel.postMessage(ASLEEP)
    this.end()
  }

  close(): void {
    if (this.#isOver) return
    this.#channel.postMessage(LEFT)
    this.#channel.close()
    this.#patience?.end()
    this.#ended.abort()
    this.onEnd()
  }

  /** Closes it as if the other end were gone. */
  end(): void {
    if (this.#isOver) return
    this.close()
    this.#events?.onClose()
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted
  }

  #lock(side: Side, task: () => Promise<void> | void): Promise<unknown> {
    const { signal } = this.#ended
    return tabLocks()?.request(`${this.#name}:${side}`, { signal }, task) ?? Promise.resolve()
  }

  #onData(data: string | number): void {
    if (this.#isOver) return
    this.#patience?.heard()
    if (data === PING) this.#channel.postMessage(PONG)
    else if (data === LEFT) this.end()
    else if (data === ASLEEP) this.#onSilence()
    else if (typeof data === 'string') this.#events?.onText(data)
  }

  #onSilence(): void {
    this.onSilence()
    this.end()
  }
}
