/** Which events a conversation holds, by sender and id: what makes dedupe exact. Derived from the log, never stored. */

/** What the index needs to know of an event. */
export interface IndexableEvent {
  readonly type: string
  readonly from: string
  readonly id: string
  readonly seq: number
}

interface SenderIndex {
  /** Id to sequence; negative where the event is no message. */
  readonly ids: Map<string, number>
  /** The sequences of this sender's messages, ascending. */
  readonly messages: number[]
}

/** The ids of one conversation. */
export class EventIndex {
  readonly #senders = new Map<string, SenderIndex>()
  #size = 0

  /** How many events it holds. */
  get size(): number {
    return this.#size
  }

  /** Adds an event; sequences come in ascending order. */
  add({ from, id, seq, type }: IndexableEvent): void {
    const sender: SenderIndex = this.#senders.get(from) ?? { ids: new Map(), messages: [] }
    this.#senders.set(from, sender)
    sender.ids.set(id, type === 'message' ? seq : -seq)
    if (type === 'message') sender.messages.push(seq)
    this.#size += 1
  }

  /** The sequence of an event by its sender and id. */
  find(from: string, id: string): number | undefined {
    const seq = this.#senders.get(from)?.ids.get(id)
    return seq === undefined ? undefined : Math.abs(seq)
  }

  /** The sequence of a message by its sender and id. */
  findMessage(from: string, id: string): number | undefined {
    const seq = this.#senders.get(from)?.ids.get(id) ?? 0
    return seq > 0 ? seq : undefined
  }

  /** The sequence of a message by its id alone. */
  findMessageOfAnyone(id: string): number | undefined {
    for (const from of this.#senders.keys()) {
      const seq = this.findMessage(from, id)
      if (seq !== undefined) return seq
    }
    return undefined
  }

  /** Whether an account sent a message that is not above `upTo`. */
  hasSent(from: string, upTo: number): boolean {
    return (this.#senders.get(from)?.messages[0] ?? Number.POSITIVE_INFINITY) <= upTo
  }

  /** Adds to `found` whoever sent a message above `after` and not above `upTo`. */
  collectSenders(after: number, upTo: number, found: Set<string>): void {
    if (upTo <= after) return
    for (const [from, { messages }] of this.#senders) {
      const next = firstAbove(messages, after)
      if (next !== undefined && next <= upTo) found.add(from)
    }
  }
}

function firstAbove(ascending: readonly number[], bound: number): number | undefined {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) > bound) high = middle
    else low = middle + 1
  }
  return ascending[low]
}
