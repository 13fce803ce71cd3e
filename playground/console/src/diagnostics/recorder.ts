/** What is noted of a client while the console is open: times, depths and events, the newest of each. Never what was said. */
import type { ConnectionState, IMClient, Message } from 'im-client'

/** A value at a time, in milliseconds since 1970. */
export interface Point {
  readonly at: number
  readonly value: number
}

/** Something that happened. */
export interface Entry {
  /** Counts them. */
  readonly number: number
  readonly at: number
  readonly event: 'state' | 'synced' | 'gap' | 'guard' | 'repair' | 'error'
  /** A state, a kind, a code. */
  readonly what: string
  /** A sentence of the client, where it has one. */
  readonly message?: string
}

/** Everything that was noted; another object after each change. */
export interface Notes {
  readonly since: number
  /** From writing a message to its acceptance by the server, in milliseconds; only of what was written while connected. */
  readonly accepted: readonly Point[]
  /** How long the server took to answer a small request of the page, in milliseconds. */
  readonly roundTrips: readonly Point[]
  /** Messages that the server had not accepted yet. */
  readonly outbox: readonly Point[]
  /** How often the connection had come back by then. */
  readonly reconnects: readonly Point[]
  readonly log: readonly Entry[]
}

/** Of each kind, so much is kept. */
const MAX_POINTS = 600
const MAX_ENTRIES = 100

/** Between two looks at the outbox, in milliseconds: at least, and at most. */
const REST_MS = 250
const SAMPLE_MS = 5000

/** Notes what a client tells, from `start` to the call of what that gives. */
export class Recorder {
  readonly #client: IMClient
  readonly #listeners = new Set<() => void>()
  #notes: Notes
  #hasConnected = false
  #sampling: ReturnType<typeof setTimeout> | undefined

  constructor(client: IMClient, now = Date.now()) {
    this.#client = client
    this.#notes = { since: now, accepted: [], roundTrips: [], outbox: [], reconnects: [], log: [] }
  }

  get notes(): Notes {
    return this.#notes
  }

  /** Calls back after each change of {@link notes}, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins. */
  start(): () => void {
    const client = this.#client
    const offs = [
      client.on('state', state => this.#onState(state)),
      client.on('status', message => this.#onStatus(message)),
      client.on('change', () => this.#sampleSoon(REST_MS)),
      client.on('synced', ({ kind }) => this.#log('synced', kind)),
      client.on('gap', ({ gaps }) => this.#log('gap', gaps.length === 0 ? 'filled' : 'found')),
      client.on('guard', ({ rule }) => this.#log('guard', rule)),
      client.on('repair', ({ kind, message }) => this.#log('repair', kind, message)),
      client.on('error', ({ code, message }) => this.#log('error', code, message)),
    ]
    this.#onState(client.state)
    void this.#sample()
    return () => {
      clearTimeout(this.#sampling)
      for (const off of offs) off()
    }
  }

  /** Notes a round trip that was measured. */
  addRoundTrip(ms: number): void {
    this.#add('roundTrips', ms)
  }

  #onState(state: ConnectionState): void {
    const reason = 'reason' in state ? `${state.reason.code}: ${state.reason.message}` : undefined
    this.#log('state', state.name, reason)
    if (state.name !== 'connected') return
    this.#add('reconnects', this.#hasConnected ? (this.#notes.reconnects.at(-1)?.value ?? 0) + 1 : 0)
    this.#hasConnected = true
  }

  /** A message that was accepted may have come further by the time it is told of. */
  #onStatus(message: Message): void {
    const { state } = this.#client
    if (message.acceptedAt === undefined || message.status === 'expired') return
    const sentAt = Date.parse(message.sentAt)
    if (state.name === 'connected' && state.openedAt <= sentAt) this.#add('accepted', Math.max(0, Date.now() - sentAt))
  }

  #sampleSoon(delayMs: number): void {
    clearTimeout(this.#sampling)
    this.#sampling = setTimeout(() => void this.#sample(), delayMs)
  }

  async #sample(): Promise<void> {
    try {
      const { outbox } = await this.#client.stats()
      this.#add('outbox', outbox)
    } catch {
      return // the client is closed, or its storage cannot be read: the screen shows the error of that
    }
    this.#sampleSoon(SAMPLE_MS)
  }

  #add(name: 'accepted' | 'roundTrips' | 'outbox' | 'reconnects', value: number): void {
    const points = [...this.#notes[name], { at: Date.now(), value }].slice(-MAX_POINTS)
    this.#set({ ...this.#notes, [name]: points })
  }

  #log(event: Entry['event'], what: string, message?: string): void {
    const number = (this.#notes.log.at(-1)?.number ?? 0) + 1
    const entry: Entry = { number, at: Date.now(), event, what, ...(message === undefined ? {} : { message }) }
    this.#set({ ...this.#notes, log: [...this.#notes.log, entry].slice(-MAX_ENTRIES) })
  }

  #set(notes: Notes): void {
    this.#notes = notes
    for (const listener of this.#listeners) listener()
  }
}

/** Middle, newest and largest of some values. */
export function summary(points: readonly Point[]): { last: number; median: number; max: number } | undefined {
  const values = points.map(({ value }) => value)
  const last = values.at(-1)
  if (last === undefined) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  return { last, median: sorted[Math.floor(sorted.length / 2)] ?? last, max: sorted.at(-1) ?? last }
}
