/** Plans what clients do. */
import type { Chance } from '../engine/chance.ts'
import { type ClaimEnd, type ClientPlan, GROUP, type Step, type Target, type WorkStep } from './schedule.ts'

const CLAIM_ENDS: readonly ClaimEnd[] = ['complete', 'answer', 'answer', 'fail', 'release', 'abandon']

/** One thing that a client does, at some time, or a burst of it. */
export function makeWork(chance: Chance, clients: readonly ClientPlan[], lastsMs: number): Step[] {
  const { name: who, role } = chance.pick(clients)
  const at = chance.between(0, lastsMs)
  if (role === 'claimer' && chance.happens(0.5)) return [{ at, who, ...makeClaim(chance) }]
  const others = clients.map(({ name }) => name).filter(name => name !== who)
  return [{ at, who, ...makeStep(chance, chance.happens(0.25) ? GROUP : chance.pick(others)) }]
}

function makeStep(chance: Chance, to: Target): WorkStep {
  const kind = chance.number()
  if (kind < 0.6) return makeSend(chance, to)
  if (kind < 0.75) return { kind: 'ask', to, timeoutMs: chance.pick([500, 5_000, 60_000]) }
  if (kind < 0.84) return { kind: chance.pick(['edit', 'delete', 'react'] as const), which: chance.integer(0, 100) }
  if (kind < 0.9) return { kind: 'mark-read', of: to }
  if (kind < 0.95) return { kind: 'read' }
  return { kind: 'redrive' }
}

function makeSend(chance: Chance, to: Target): WorkStep {
  const expiresInMs = chance.happens(0.1) ? chance.pick([200, 3_000, 30_000]) : undefined
  const importance = chance.happens(0.1) ? chance.pick(['low', 'high'] as const) : undefined
  return {
    kind: 'send',
    to,
    count: chance.happens(0.2) ? chance.integer(2, 12) : 1,
    length: chance.happens(0.35) ? chance.integer(500, 6_000) : chance.integer(0, 40),
    wantsReply: chance.happens(0.4),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    ...(importance === undefined ? {} : { importance }),
  }
}

function makeClaim(chance: Chance): WorkStep {
  const end = chance.pick(CLAIM_ENDS)
  if (chance.happens(0.2)) return { kind: 'resume-claim', end }
  return {
    kind: 'claim',
    limit: chance.integer(1, 3),
    leaseMs: chance.pick([300, 2_000, 20_000]),
    renew: chance.happens(0.4),
    workMs: chance.pick([0, 200, 1_500, 5_000, 25_000]),
    end,
  }
}
