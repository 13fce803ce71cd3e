/** What a connection becomes once it is known who it is: an account's device with its feed. */
import type { ServerNotification } from '../protocol/schemas.ts'
import { FeedPump } from './feed-pump.ts'
import type { Admission, OpenParams } from './handshake.ts'
import type { OpenSession } from './hub.ts'
import { conversationKey } from './membership.ts'
import type { Services } from './services.ts'

/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const BYTES_PER_UNIT = 3

/** Frames need not be larger than this to be cheap, in UTF-16 code units. */
const FRAME_LENGTH = 512 * 1024

/** What a session needs of its connection. */
export interface SessionWire {
  send(text: string): void
  notify(method: ServerNotification, params: unknown): void
  /** The session was replaced by another of the same device. */
  onReplaced(): void
  /** The session cannot go on. */
  onFailure(cause: unknown): void
}

/** One open session. */
export class Session implements OpenSession {
  readonly agentId: string
  readonly deviceId: string
  readonly pump: FeedPump
  readonly #services: Services
  readonly #wire: SessionWire
  /** Conversations of which the client misses something, with the sequence up to which: acknowledging later events proves nothing. */
  readonly #backfilling = new Map<string, number>()
  #reading: Promise<unknown> = Promise.resolve()
  #senderPauseMs: number | undefined

  constructor(services: Services, { agentId, deviceId }: OpenParams, wire: SessionWire) {
    const { log, limits } = services
    this.#services = services
    this.#wire = wire
    this.agentId = agentId
    this.deviceId = deviceId
    this.pump = new FeedPump({
      log,
      agentId,
      windowItems: limits.unackedItems,
      windowLength: limits.unackedLength,
      frameLength: Math.min(FRAME_LENGTH, Math.floor(limits.frameBytes / BYTES_PER_UNIT)),
      send: text => wire.send(text),
      onDelivered: (key, seq) => this.#delivered(key, seq),
      onFailure: cause => wire.onFailure(cause),
    })
  }

  get senderPauseMs(): number | undefined {
    return this.#senderPauseMs
  }

  /** Asks senders to wait so many milliseconds, or no longer. */
  holdSenders(pauseMs: number | undefined): void {
    this.#senderPauseMs = pauseMs
  }

  /** Begins the feed at the cursor. What lies before it has been delivered, but where the client says otherwise. */
  resume({ reader, after }: Admission, incomplete: readonly string[]): void {
    const { log } = this.#services
    for (const conversationId of incomplete) {
      const conversation = log.conversation(conversationKey(this.agentId, conversationId))
      if (conversation) this.#backfilling.set(conversation.key, conversation.lastSeq)
    }
    for (const { key, seq } of reader?.covered() ?? []) this.#delivered(key, seq)
    this.pump.start(after, reader)
  }

  /** Begins the feed at its end: what lies before it is the client's to fetch. */
  restart(): void {
    const { log } = this.#services
    for (const { key, lastSeq, receipts } of log.conversationsOf(this.agentId)) {
      if (lastSeq > (receipts.get(this.agentId)?.positions.delivered ?? 0)) this.#backfilling.set(key, lastSeq)
    }
    this.pump.start(log.head, undefined)
  }

  /** The client says that it holds everything up to a sequence. */
  backfilled(key: string, seq: number): void {
    if (seq >= (this.#backfilling.get(key) ?? 0)) this.#backfilling.delete(key)
  }

  /** Reads for one page after the other: however many are asked for at once, one is in memory. */
  inTurn<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#reading.then(read)
    this.#reading = turn.catch(() => undefined) // told to whoever asked for this turn
    return turn
  }

  notify(method: ServerNotification, params: unknown): void {
    this.#wire.notify(method, params)
  }

  replace(): void {
    this.#wire.onReplaced()
  }

  #delivered(key: string, seq: number): void {
    if (this.#backfilling.has(key)) return
    this.#services.log.raise({ key, reader: this.agentId, positions: { delivered: seq } })
  }
}
