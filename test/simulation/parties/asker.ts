/** Questions: asked in one life, and waited for in the next ones. */
import type { AskResult } from '../../../src/index.ts'
import { nameOf, workName } from '../check/truth.ts'
import type { ClientParty, OpenClient } from './client-party.ts'
import { codeOf } from './party.ts'

/** How long is waited each time. */
const TIMEOUT_MS = 20_000

/** How often somebody waits for an answer who has been told that there is none yet. */
const WAITS = 20

/** See the head of this file. */
export class Asker {
  readonly #party: ClientParty
  /** Questions that nobody knows the end of, with how often somebody waited. */
  readonly #open = new Map<string, number>()

  constructor(party: ClientParty) {
    this.#party = party
  }

  /** Questions without an end. */
  get unanswered(): readonly string[] {
    return [...this.#open.keys()]
  }

  /** Asks. */
  async ask(open: OpenClient, to: string, timeoutMs: number): Promise<void> {
    const { truth } = this.#party.surroundings
    const order = truth.sent.size + 1
    const id = `q${order}-${this.#party.name}`
    const text = `question ${id}`
    truth.sent.set(id, { id, from: this.#party.name, to, text, order, life: open.life.name, acknowledged: false })
    truth.asked.set(id, 'open')
    await this.#wait(open, id, open.client.ask({ id, to, text, timeoutMs }))
  }

  /** Goes on waiting for whatever was asked before. */
  resume(open: OpenClient): void {
    const wait = async () => {
      for (const { id } of await open.client.listAsks())
        this.#party.attempt(open.life, 'resumeAsk', this.#resume(open, id))
    }
    this.#party.attempt(open.life, 'listAsks', wait())
  }

  #resume(open: OpenClient, id: string): Promise<void> {
    return this.#wait(open, id, open.client.resumeAsk(id, { timeoutMs: TIMEOUT_MS }))
  }

  async #wait(open: OpenClient, id: string, asking: Promise<AskResult>): Promise<void> {
    let result: AskResult
    try {
      result = await asking
    } catch (error) {
      if (open.life.isAlive && codeOf(error) === 'MESSAGE_WORK_FAILED') this.#end(id, 'failed')
      throw error
    }
    if (open.life.isAlive) this.#ended(open, id, result)
  }

  #ended(open: OpenClient, id: string, result: AskResult): void {
    const { truth, counts } = this.#party.surroundings
    counts.add(`questions: ${result.outcome}`)
    truth.note(`${open.life.name} learns that ${id} is ${result.outcome}`)
    const sent = truth.sent.get(id)
    if (sent) sent.acknowledged = true
    if (result.outcome === 'pending') {
      const waits = (this.#open.get(id) ?? 0) + 1
      this.#open.set(id, waits)
      if (waits < WAITS) this.#party.attempt(open.life, 'resumeAsk', this.#resume(open, id))
      return
    }
    if (!('answer' in result)) return this.#end(id, 'expired')
    const { answer } = result
    if (answer.replyTo !== id) truth.violate('an answer answers its question', `${answer.id} to ${id}`)
    if (truth.begun.has(workName(this.#party.name, answer)) && this.#party.plan.role === 'interactive')
      truth.violate('an answer goes to whoever asked and to nobody else', `${answer.id} was handled`)
    this.#end(id, `answered by ${nameOf(answer)}`)
  }

  #end(id: string, how: string): void {
    this.#open.delete(id)
    this.#party.surroundings.truth.asked.set(id, how)
  }
}
