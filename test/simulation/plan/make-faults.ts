/** Plans what goes wrong. */
import type { FaultKind } from '../disk/faults.ts'
import type { Chance } from '../engine/chance.ts'
import type { Death } from '../engine/life.ts'
import type { Mood } from './make-schedule.ts'
import { type ClientPlan, type PartyFault, SERVER, type Step, type WorldFault } from './schedule.ts'

const DISK_FAULTS: readonly FaultKind[] = ['EIO', 'ENOSPC', 'EMFILE', 'short', 'sync']

/** What is drawn from. */
export interface FaultBase {
  readonly clients: readonly ClientPlan[]
  readonly lastsMs: number
  readonly mood: Mood
}

type Kind = (PartyFault | WorldFault)['kind']

/** Kinds by mood; one that is there twice comes twice as often. */
const KINDS: Readonly<Record<Mood, readonly Kind[]>> = {
  calm: ['cut', 'stop', 'kill', 'clock'],
  network: ['cut', 'cut', 'silence', 'stall', 'stall', 'refuse'],
  crashes: ['kill', 'kill', 'kill', 'kill', 'stop', 'cut', 'clock'],
  power: ['kill', 'kill', 'kill', 'kill', 'cut'],
  disk: ['disk', 'disk', 'disk', 'kill', 'kill', 'cut'],
  everything: ['kill', 'kill', 'kill', 'disk', 'cut', 'silence', 'stall', 'refuse', 'clock', 'stop', 'lose-server'],
}

/** One fault, at some time. */
export function makeFault(chance: Chance, { clients, lastsMs, mood }: FaultBase): Step {
  const at = chance.between(0, lastsMs)
  const who = chance.happens(0.35) ? SERVER : chance.pick(clients).name
  const kind = chance.pick(KINDS[mood])
  switch (kind) {
    case 'lose-server':
      return chance.happens(0.3) ? { at, kind, downMs: chance.span(0, 5_000) } : { at, who, ...makeKill(chance, mood) }
    case 'refuse':
      return { at, kind, ms: chance.span(100, 20_000) }
    default:
      return { at, who, ...(kind === 'kill' ? makeKill(chance, mood) : makePartyFault(chance, kind)) }
  }
}

function makePartyFault(chance: Chance, kind: Exclude<PartyFault['kind'], 'kill'>): PartyFault {
  switch (kind) {
    case 'stop':
      return { kind, downMs: chance.span(0, 10_000) }
    case 'disk':
      return {
        kind,
        fault: chance.pick(DISK_FAULTS),
        after: Math.floor(chance.span(0, 60)),
        times: chance.pick([1, 1, 2, 20]),
      }
    case 'clock':
      return { kind, byMs: chance.pick([-86_400_000, -3_000, 2_000, 90_000, 86_400_000]) }
    case 'cut':
      return { kind, how: chance.pick(['clean', 'client first', 'server first'] as const) }
    case 'silence':
      return { kind, directions: chance.pick([['up'], ['down'], ['up', 'down']] as const) }
    case 'stall':
      return { kind, direction: chance.pick(['up', 'down'] as const), ms: chance.span(100, 90_000) }
  }
}

/** At once, or at one of the operations that follow. */
function makeKill(chance: Chance, mood: Mood): PartyFault {
  const isPowerCut = mood === 'power'
  return {
    kind: 'kill',
    death: isPowerCut ? 'power' : chance.pick<Death>(['process', 'power']),
    afterOperations: chance.happens(0.2) ? 0 : Math.ceil(chance.span(1, 80)),
    inWrites: isPowerCut || chance.happens(0.5),
    downMs: chance.span(0, 10_000),
  }
}
