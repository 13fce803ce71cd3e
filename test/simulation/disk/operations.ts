/** The operations of one process on its disk: each takes its time, may fail, and is cut off where the process ends. */
import { systemError } from '../../support/watched-file-system.ts'
import type { Life } from '../engine/life.ts'
import type { DiskFaults, FaultKind } from './faults.ts'

/** An operation. */
export interface Operation<T> {
  readonly name: string
  readonly path: string
  /** Takes effect, when its time has come; throws the errors of the system. */
  readonly effect: () => T
  /** What is left of it where the process ends before: a part of the effect, or all of it. Nothing by default. */
  readonly remains?: () => void
  /** What a fault makes of it, where it is not just an error. */
  readonly faulty?: (kind: FaultKind) => T
}

const SLOW = new Set(['sync', 'datasync'])

/** Told of each fault that an operation met. */
export type OnFault = (kind: FaultKind) => void

/** See the head of this file. */
export class Operations {
  readonly #life: Life
  readonly #faults: DiskFaults
  readonly #onFault: OnFault
  readonly #chance
  readonly #underWay = new Set<Operation<unknown>>()

  constructor(life: Life, faults: DiskFaults, onFault: OnFault) {
    this.#life = life
    this.#faults = faults
    this.#onFault = onFault
    this.#chance = life.chance.fork('disk')
  }

  /** Runs an operation; never settles where the process ends before. */
  run<T>(operation: Operation<T>): Promise<T> {
    const { name, path } = operation
    if (!this.#life.isAlive) return new Promise(() => {})
    this.#underWay.add(operation) // before the fuse burns: the process may end in the middle of it
    if (!this.#life.burn(name)) return new Promise(() => {})
    const fault = this.#faults.meet(name)
    if (fault) this.#onFault(fault)
    return new Promise((resolve, reject) => {
      const delayMs = SLOW.has(name) ? this.#chance.span(0.3, 30) : this.#chance.span(0.02, 5)
      this.#life.later(delayMs, `${name} ${path}${fault ? ` ${fault}` : ''}`, () => {
        this.#underWay.delete(operation)
        try {
          resolve(fault ? meet(operation, fault) : operation.effect())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  /** The process has ended: of what was under way some has happened. */
  cutOff(): void {
    for (const { effect, remains } of this.#underWay) {
      if (this.#chance.happens(0.3)) continue
      if (remains && this.#chance.happens(0.5)) remains()
      else attempt(effect)
    }
    this.#underWay.clear()
  }
}

function meet<T>({ faulty }: Operation<T>, fault: FaultKind): T {
  if (faulty) return faulty(fault)
  throw systemError(fault === 'short' || fault === 'sync' ? 'EIO' : fault)
}

function attempt(effect: () => unknown): void {
  try {
    effect()
  } catch {
    // It would have failed: nobody is left to be told.
  }
}
