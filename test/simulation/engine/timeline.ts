/**
 * Virtual time. Whatever happens is an event in one queue, ordered by time and then by chance; after each event everything
 * that promises alone can cause has happened before the next one.
 */
import TinyQueue from 'tinyqueue'
import type { Chance } from './chance.ts'
import { Trace } from './trace.ts'

interface PlannedEvent {
  readonly at: number
  readonly tie: number
  readonly label: string
  task: (() => void) | undefined
}

/** See the head of this file. Time is in milliseconds and begins at 0. */
export class Timeline {
  readonly trace = new Trace()
  /** Called with what an event threw: nothing that runs in a simulation may. */
  onCrash: (error: unknown, label: string) => void = () => {}
  readonly #queue = new TinyQueue<PlannedEvent>([], (a, b) => a.at - b.at || a.tie - b.tie)
  readonly #ties: Chance
  #now = 0

  constructor(chance: Chance) {
    this.#ties = chance.fork('ties')
  }

  /** The time that has passed. */
  get now(): number {
    return this.#now
  }

  /** Plans an event; the returned function takes it back. */
  plan(delayMs: number, label: string, task: () => void): () => void {
    const event: PlannedEvent = { at: this.#now + Math.max(0, delayMs), tie: this.#ties.number(), label, task }
    this.#queue.push(event)
    return () => {
      event.task = undefined
    }
  }

  /** Lets time pass, event by event, until `end`, or until `isOver` says so. */
  async run(end: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      const next = this.#queue.peek()
      if (!next || next.at > end || isOver()) break
      this.#queue.pop()
      const { task } = next
      if (!task) continue
      this.#now = next.at
      this.trace.note(next.at, next.label)
      this.#fire(task, next.label)
      await turn()
    }
    if (!isOver()) this.#now = end
  }

  #fire(task: () => void, label: string): void {
    try {
      task()
    } catch (error) {
      this.onCrash(error, label)
    }
  }
}

/** One turn of the event loop: all that waits for promises only has happened then. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
