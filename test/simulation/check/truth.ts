/** What really happened, noted by the simulator when it did: what parties show and store is held against it. */
import type { ConversationEvent } from '../../../src/model/event.ts'

import type { Timeline } from '../engine/timeline.ts'

/** A promise that was broken. */
export interface Violation {
  /** Which one, the same words each time: a schedule is made smaller while these words stay. */
  readonly invariant: string
  readonly details: string
  readonly at: number
}

/** A message that a client was told to send. */
export interface Sent {
  readonly id: string
  readonly from: string
  /** The conversation, as its sender names it. */
  readonly to: string
  readonly text: string
  /** First to last, over all senders. */
  readonly order: number
  /** Which life of its sender. */
  readonly life: string
  /** Whether its sender was told that it is durable. */
  acknowledged: boolean
}

/** An event that the server has stored. */
export interface Logged {
  readonly key: string
  readonly seq: number
  readonly position: number
  readonly event: ConversationEvent
}

/** See the head of this file. */
export class Truth {
  readonly violations: Violation[] = []
  readonly sent = new Map<string, Sent>()
  /** The server's logs, one for each disk that it had; the last one is in use. */
  readonly logs: Map<string, Logged>[] = [new Map()]
  /** The epochs of the logs. */
  readonly epochs: string[] = []
  /** Events that a client has stored, by client: `from id`. */
  readonly stored = new Map<string, Set<string>>()
  /** Messages that no recipient may expect: the server lost them with its disk, or their sender was told that they failed. */
  readonly excused = new Set<string>()
  /** What became of messages in the hands of handlers and workers, by {@link workName}. */
  readonly begun = new Map<string, number>()
  readonly markedRead = new Set<string>()
  readonly failures = new Map<string, number>()
  readonly ended = new Set<string>()
  readonly shownDone = new Set<string>()
  readonly redriven = new Set<string>()
  readonly asked = new Map<string, string>()
  readonly #timeline: Timeline

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** Adds a line to the trace. */
  note(line: string): void {
    this.#timeline.trace.note(this.#timeline.now, line)
  }

  /** Notes that a promise was broken. */
  violate(invariant: string, details: string): void {
    this.violations.push({ invariant, details, at: this.#timeline.now })
  }

  /** The log that the server has now. */
  get log(): Map<string, Logged> {
    return this.logs.at(-1) as Map<string, Logged>
  }

  /** The server lost its disk: what only it had is gone. */
  loseServer(clients: readonly string[]): void {
    for (const { event } of this.log.values()) {
      const everywhere = clients.every(client => this.stored.get(client)?.has(nameOf(event)))
      if (!everywhere) this.excused.add(event.id)
    }
    this.logs.push(new Map())
  }
}

/** The work of a client on a message. */
export function workName(client: string, event: Pick<ConversationEvent, 'from' | 'id'>): string {
  return `${client}: ${nameOf(event)}`
}

/** Tells an event from every other. */
export function nameOf({ from, id }: Pick<ConversationEvent, 'from' | 'id'>): string {
  return `${from} ${id}`
}
