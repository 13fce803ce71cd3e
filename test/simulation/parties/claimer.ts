/** Claims by hand: leases that end too early, work that takes too long, tokens that are shown again after a restart. */
import type { ClaimedMessage } from '../../../src/index.ts'
import { nameOf, workName } from '../check/truth.ts'
import type { ClaimEnd, WorkStep } from '../plan/schedule.ts'
import type { ClientParty, OpenClient } from './client-party.ts'
import { begin } from './handlers.ts'

/** See the head of this file. */
export class Claimer {
  readonly #party: ClientParty
  /** Tokens of claims that somebody may take up again. */
  readonly #tokens: string[] = []
  /** The token of the last claim of each message. */
  readonly #latest = new Map<string, string>()
  readonly #completed = new Set<string>()

  constructor(party: ClientParty) {
    this.#party = party
  }

  /** Claims, works, and ends the claims. */
  async claim(open: OpenClient, step: WorkStep & { kind: 'claim' }): Promise<void> {
    if (this.#party.plan.role === 'interactive') return
    const { limit, leaseMs, renew, workMs, end } = step
    const claims = await open.client.claimMessages({ limit, leaseMs, renew, attemptMs: 30_000 })
    if (!open.life.isAlive) return
    for (const claim of claims) {
      this.#party.surroundings.counts.add('claims')
      this.#latest.set(nameOf(claim.message), claim.token)
      if (!renew) this.#tokens.push(claim.token)
      begin(this.#party, open.life.clock.now(), claim.message)
    }
    await open.life.sleep(workMs)
    await Promise.all(claims.map(claim => this.#end(open, claim, end)))
  }

  /** Takes up the claim of an earlier life, or one that is over. */
  async resume(open: OpenClient, end: ClaimEnd): Promise<void> {
    const token = this.#tokens.shift()
    if (token === undefined) return
    const claim = await open.client.resumeClaim(token)
    await this.#end(open, claim, end)
  }

  async #end({ life }: OpenClient, claim: ClaimedMessage, end: ClaimEnd): Promise<void> {
    switch (end) {
      case 'complete':
      case 'answer': {
        const { truth } = this.#party.surroundings
        truth.ended.add(workName(this.#party.name, claim.message)) // from here on it may be done
        await claim.complete(end === 'answer' ? `re ${claim.message.id}` : undefined)
        if (life.isAlive) this.#completedWith(claim)
        return
      }
      case 'fail':
        return claim.fail('the simulation gives it up')
      case 'release':
        return claim.release({ delayMs: 500, error: 'not now' })
      case 'abandon':
    }
  }

  #completedWith({ message, token }: ClaimedMessage): void {
    const { truth, counts } = this.#party.surroundings
    counts.add('claims completed')
    const who = workName(this.#party.name, message)
    if (this.#latest.get(nameOf(message)) !== token)
      truth.violate('a claim is not completed under a token that was lost', who)
    if (this.#completed.has(who) && !truth.redriven.has(who)) truth.violate('a claim is completed once', who)
    this.#completed.add(who)
  }
}
