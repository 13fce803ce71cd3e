/** A party of a simulation: a machine with a disk, on which one process lives after the other. */
import type { FileSystem } from '../../../adapters/fs/file-system.ts'
import { Acknowledged, type Batch } from '../check/acknowledged.ts'
import type { Truth } from '../check/truth.ts'
import type { Counts } from '../counts.ts'
import { Disk } from '../disk/disk.ts'
import { DiskFaults } from '../disk/faults.ts'
import { type Door, openDoor } from '../disk/file-system.ts'
import type { Chance } from '../engine/chance.ts'
import { type Death, type Host, Life } from '../engine/life.ts'
import type { Timeline } from '../engine/timeline.ts'
import type { Network } from '../network/network.ts'

/** What every party of one simulation shares. */
export interface Surroundings {
  readonly timeline: Timeline
  readonly chance: Chance
  readonly network: Network
  readonly truth: Truth
  readonly counts: Counts
}

/** How a party's machine is. */
export interface PartyPlan {
  readonly name: string
  readonly writesThrough: boolean
  readonly onePid: boolean
}

/** A pause before opening is tried again. */
const RETRY_MS = 700

/** Operations after which something is to be on the disk. */
const WRITES: ReadonlySet<string> = new Set(['write', 'sync', 'datasync'])

/** What opening may be refused with while a disk has faults. */
const PASSING: ReadonlySet<string> = new Set(['STORAGE_IO', 'STORAGE_FULL', 'STORAGE_CLOSED'])

/** How long a program may take to close before its system ends it. */
const CLOSE_MS = 8_000

/** See the head of this file. */
export abstract class Party {
  readonly name: string
  readonly host: Host
  readonly faults = new DiskFaults()
  readonly surroundings: Surroundings
  disk = new Disk()
  acknowledged: Acknowledged
  life: Life | undefined
  readonly #plan: PartyPlan
  #door: Door | undefined
  #cancelRestart = () => {}
  /** The life in which opening was refused. */
  #refused: Life | undefined
  /** How it dies when the fuse has burnt down. */
  #fate: { readonly death: Death; readonly downMs: number } = { death: 'process', downMs: 0 }

  constructor(plan: PartyPlan, surroundings: Surroundings) {
    this.name = plan.name
    this.host = { name: plan.name, aheadMs: 0, boots: 1, lives: 0, onePid: plan.onePid }
    this.surroundings = surroundings
    this.acknowledged = this.newAcknowledged()
    this.#plan = plan
  }

  /** Whether a process runs. */
  get isUp(): boolean {
    return this.life?.isAlive === true
  }

  /** Starts a process, where none runs. */
  start(): void {
    this.#cancelRestart()
    if (this.isUp) return
    const { timeline, chance, counts } = this.surroundings
    const life = new Life({
      timeline,
      host: this.host,
      chance,
      onFuse: () => this.kill(this.#fate.death, this.#fate.downMs),
    })
    this.life = life
    const { disk, faults } = this
    const { writesThrough } = this.#plan
    const onFault = (kind: string) => counts.add(`disk: ${kind}`)
    this.#door = openDoor({ disk, life, faults, onFault, writesThrough })
    this.boot(life, this.#door.fileSystem).catch(error => {
      if (life.isAlive) this.surroundings.truth.violate('nothing crashes', `${life.name}: ${describe(error)}`)
    })
  }

  /** The process ends at once, and another one starts later. */
  kill(death: Death, downMs: number): void {
    const { life } = this
    if (!life?.isAlive) return
    const { counts } = this.surroundings
    counts.add(`${this.kind} killed: ${death}`)
    this.surroundings.truth.note(`${life.name} is killed: ${death}`)
    this.#end(life, death === 'process')
    this.#door?.cutOff()
    if (death === 'power') {
      this.host.boots += 1
      this.disk.losePower(life.chance.fork('power loss'))
    }
    this.#restart(downMs)
  }

  /** The process ends at one of the operations that follow. */
  killAfter(
    operations: number,
    fate: { readonly death: Death; readonly downMs: number; readonly inWrites?: boolean },
  ): void {
    this.#fate = fate
    if (operations === 0) this.kill(fate.death, fate.downMs)
    else this.life?.light(operations, fate.inWrites ? WRITES : undefined)
  }

  /** The process ends in good order, and another one starts later. */
  stop(downMs: number): void {
    const { life } = this
    if (!life?.isAlive) return
    this.surroundings.counts.add(`${this.kind} stopped`)
    let over = false
    const end = () => {
      if (over || !life.isAlive) return
      over = true
      this.#end(life, true)
      this.#door?.cutOff()
      this.#restart(downMs)
    }
    life.later(CLOSE_MS, 'is ended', end)
    this.close().then(end, end)
  }

  /** Whether it is a client or the server, for counts. */
  protected abstract readonly kind: string

  /** What a process does first. */
  protected abstract boot(life: Life, fileSystem: FileSystem): Promise<void>

  /** A batch was acknowledged. */
  protected abstract stored(batch: Batch): void

  /** What watches the storage of a new disk. */
  protected newAcknowledged(): Acknowledged {
    return new Acknowledged({
      onAcknowledged: batch => this.stored(batch),
      onProblem: problem =>
        this.surroundings.truth.violate(
          'what was acknowledged is there after a crash, and nothing else',
          `${this.life?.name}: ${problem}`,
        ),
    })
  }

  /** Closes the program. */
  protected abstract close(): Promise<void>

  /** Tries until it succeeds or the process ends. */
  protected async retried<T>(life: Life, task: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await task()
      } catch (error) {
        this.refused(error)
        await life.sleep(RETRY_MS)
      }
    }
  }

  /** Opening was refused: that may be for the moment only. */
  protected refused(error: unknown): void {
    const code = codeOf(error)
    this.surroundings.counts.add(`opening refused: ${code}`)
    const isOwn = code === 'STORAGE_LOCKED' && this.#refused === this.life // its claim is given up in a moment
    this.#refused = this.life
    if (!PASSING.has(code) && !isOwn)
      this.surroundings.truth.violate('a workspace opens after every crash', `${this.life?.name}: ${describe(error)}`)
  }

  #end(life: Life, told: boolean): void {
    life.end()
    this.surroundings.network.gone(life, told)
  }

  #restart(downMs: number): void {
    this.#cancelRestart()
    this.#cancelRestart = this.surroundings.timeline.plan(downMs, `${this.name} starts`, () => this.start())
  }
}

/** The code of an error of this house. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.name : 'none'
}

/** An error for people. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\n  because of ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
