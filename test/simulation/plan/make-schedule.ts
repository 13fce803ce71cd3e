/** Makes a schedule from a seed. */
import { Chance } from '../engine/chance.ts'
import { makeFault } from './make-faults.ts'
import { makeWork } from './make-work.ts'
import type { ClientPlan, Role, Schedule, ServerPlan, Step } from './schedule.ts'

const NAMES = ['ada', 'bob', 'cyd', 'dan'] as const

/** How much there is of each kind of fault: some schedules are calm in one way or another, so that single faults stand out. */
const MOODS = ['calm', 'network', 'crashes', 'disk', 'power', 'power', 'everything', 'everything'] as const

export type Mood = (typeof MOODS)[number]

/** A schedule; the same for the same seed. */
export function makeSchedule(seed: number): Schedule {
  const chance = new Chance(seed)
  const clients = makeClients(chance.fork('clients'))
  const lastsMs = chance.pick([5_000, 20_000, 60_000, 180_000])
  return {
    seed,
    clients,
    server: makeServer(chance.fork('server')),
    steps: makeSteps(chance.fork('steps'), clients, lastsMs),
    lastsMs,
  }
}

function makeClients(chance: Chance): ClientPlan[] {
  const names = NAMES.slice(0, chance.integer(2, NAMES.length))
  return names.map(name => ({
    name,
    role: chance.pick<Role>(['interactive', 'interactive', 'employee', 'claimer']),
    writesThrough: chance.happens(0.6),
    onePid: chance.happens(0.3),
    checkpointLength: chance.pick([2_000, 8_000, 30_000, 8_000_000]),
    guarded: chance.happens(0.2),
    queueLimit: chance.pick([0, 0, 0, 4]),
  }))
}

function makeServer(chance: Chance): ServerPlan {
  return {
    writesThrough: chance.happens(0.6),
    onePid: chance.happens(0.3),
    checkpointLength: chance.pick([2_000, 8_000, 30_000, 8_000_000]),
    replayItems: chance.pick([3, 10, 10_000, 10_000]),
    unackedItems: chance.pick([2, 16, 512]),
    requestsPerSecond: chance.pick([20, 5_000, 5_000]),
    latencyMs: chance.pick([2, 30, 400]),
  }
}

function makeSteps(chance: Chance, clients: readonly ClientPlan[], lastsMs: number): Step[] {
  const mood = chance.pick(MOODS)
  const work = chance.fork('work')
  const faults = chance.fork('faults')
  const steps: Step[] = []
  const count = chance.integer(8, 40)
  for (let index = 0; index < count; index++) steps.push(...makeWork(work, clients, lastsMs))
  const trouble = mood === 'calm' ? chance.integer(0, 2) : chance.integer(2, 14)
  for (let index = 0; index < trouble; index++) steps.push(makeFault(faults, { clients, lastsMs, mood }))
  return steps.sort((a, b) => a.at - b.at)
}
