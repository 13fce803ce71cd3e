/** A schedule: everything that is planned for one run, as data, so that parts of it can be left out. */

import type { FaultKind } from '../disk/faults.ts'
import type { Death } from '../engine/life.ts'
import type { Direction } from '../network/connection.ts'
import type { CutKind } from '../network/network.ts'

/** What a client is for. `interactive`: a handler. `employee`: a worker on its queue. `claimer`: claims of its own. */
export type Role = 'interactive' | 'employee' | 'claimer'

/** A client of a schedule. */
export interface ClientPlan {
  readonly name: string
  readonly role: Role
  /** Whether its system writes through where it is asked to. */
  readonly writesThrough: boolean
  readonly onePid: boolean
  readonly checkpointLength: number
  readonly guarded: boolean
  readonly queueLimit: number
}

/** The server of a schedule. */
export interface ServerPlan {
  readonly writesThrough: boolean
  readonly onePid: boolean
  readonly checkpointLength: number
  readonly replayItems: number
  readonly unackedItems: number
  readonly requestsPerSecond: number
  readonly latencyMs: number
}

/** Whom a message goes to: a client's name, or the group of all. */
export type Target = string

/** How one who has claimed a message ends it. */
export type ClaimEnd = 'complete' | 'answer' | 'fail' | 'release' | 'abandon'

/** What clients do. */
export type WorkStep =
  | {
      readonly kind: 'send'
      readonly to: Target
      readonly count: number
      readonly length: number
      readonly wantsReply: boolean
      readonly expiresInMs?: number
      readonly importance?: 'low' | 'high'
    }
  | { readonly kind: 'edit' | 'delete' | 'react'; readonly which: number }
  | { readonly kind: 'mark-read'; readonly of: Target }
  | { readonly kind: 'ask'; readonly to: Target; readonly timeoutMs: number }
  | {
      readonly kind: 'claim'
      readonly limit: number
      readonly leaseMs: number
      readonly renew: boolean
      readonly workMs: number
      readonly end: ClaimEnd
    }
  | { readonly kind: 'resume-claim'; readonly end: ClaimEnd }
  | { readonly kind: 'redrive' }
  | { readonly kind: 'read' }
  | { readonly kind: 'group' }

/** What goes wrong for one party, a client or the server. */
export type PartyFault =
  | {
      readonly kind: 'kill'
      readonly death: Death
      readonly afterOperations: number
      /** Only operations count that bring something to the disk: it ends in the middle of one. */
      readonly inWrites: boolean
      readonly downMs: number
    }
  | { readonly kind: 'stop'; readonly downMs: number }
  | { readonly kind: 'disk'; readonly fault: FaultKind; readonly after: number; readonly times: number }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'cut'; readonly how: CutKind }
  | { readonly kind: 'silence'; readonly directions: readonly Direction[] }
  | { readonly kind: 'stall'; readonly direction: Direction; readonly ms: number }

/** What goes wrong with the server or the network alone. */
export type WorldFault =
  | { readonly kind: 'lose-server'; readonly downMs: number }
  | { readonly kind: 'refuse'; readonly ms: number }

/** A planned step, at a time in milliseconds. `who` is a client's name, or `server`. */
export type Step = { readonly at: number } & (
  | ({ readonly who: string } & WorkStep)
  | ({ readonly who: string } & PartyFault)
  | WorldFault
)

/** See the head of this file. */
export interface Schedule {
  readonly seed: number
  readonly clients: readonly ClientPlan[]
  readonly server: ServerPlan
  readonly steps: readonly Step[]
  /** When the faults are over. */
  readonly lastsMs: number
}

/** The name of the party that is no client. */
export const SERVER = 'server'

/** The target that stands for the group of all. */
export const GROUP = 'group'
