/** One simulation: all parties of a schedule, from the first event to the last check. */
import { checkEverything, holdingsOf } from './check/final-check.ts'
import { Truth, type Violation } from './check/truth.ts'
import { Counts } from './counts.ts'
import type { Disk } from './disk/disk.ts'
import { Chance } from './engine/chance.ts'
import type { Life } from './engine/life.ts'
import { Timeline } from './engine/timeline.ts'
import { Network } from './network/network.ts'
import { ClientParty } from './parties/client-party.ts'
import { work } from './parties/handlers.ts'
import { describe, type Surroundings } from './parties/party.ts'
import { ServerParty } from './parties/server-party.ts'
import type { World } from './parties/world.ts'
import { type PartyFault, type Schedule, SERVER, type Step, type WorkStep } from './plan/schedule.ts'

/** What a run has shown. */
export interface Outcome {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** The same for the same run. */
  readonly hash: string
  readonly events: number
  readonly simulatedMs: number
  readonly counts: Readonly<Record<string, number>>
  readonly trace: readonly string[]
  /** The steps that are left where the schedule was made smaller, what they show, and how many runs that took. */
  readonly shrunk?: {
    readonly steps: readonly Step[]
    readonly violations: readonly Violation[]
    readonly runs: number
  }
}

/** Options of a run. */
export interface RunOptions {
  /** How many lines of the trace to keep. */
  readonly traceLines?: number
}

/** Time for everybody to catch up, once the faults are over: longer than every back-off, lease and pause. */
const REST_MS = 240_000

/** How often that much time may pass while somebody has work to do: a long queue, a message at a time, takes its time. */
const MAX_RESTS = 8

/** A simulation that takes more events than this goes round in circles. */
const MAX_EVENTS = 400_000

/** Runs a schedule. */
export async function runSchedule(schedule: Schedule, { traceLines = 0 }: RunOptions = {}): Promise<Outcome> {
  const simulation = new Simulation(schedule)
  const { timeline } = simulation
  timeline.trace.keep(traceLines)
  const onRejection = (reason: unknown) => simulation.crashed(reason, 'a promise that nobody watches')
  process.on('unhandledRejection', onRejection)
  try {
    await simulation.run()
  } finally {
    process.off('unhandledRejection', onRejection)
  }
  return simulation.outcome()
}

class Simulation implements World {
  readonly timeline: Timeline
  groupId: string | undefined
  readonly clients: readonly string[]
  readonly #schedule: Schedule
  readonly #truth: Truth
  readonly #counts = new Counts()
  readonly #network: Network
  readonly #server: ServerParty
  readonly #parties: ClientParty[]
  #areFaultsOver = false
  readonly #ends: (() => void)[] = []

  constructor(schedule: Schedule) {
    const chance = new Chance(schedule.seed).fork('run')
    this.#schedule = schedule
    this.timeline = new Timeline(chance)
    this.timeline.onCrash = (error, label) => this.crashed(error, label)
    this.#truth = new Truth(this.timeline)
    this.#network = new Network(chance)
    this.#network.latencyMs = schedule.server.latencyMs
    const { timeline } = this
    const shared = { timeline, chance, network: this.#network, truth: this.#truth, counts: this.#counts }
    const surroundings: Surroundings = shared
    this.clients = schedule.clients.map(({ name }) => name)
    this.#server = new ServerParty(schedule.server, surroundings)
    this.#parties = schedule.clients.map(plan => new ClientParty(plan, surroundings, this))
  }

  get serverDisks(): readonly Disk[] {
    return this.#server.disks
  }

  diskOf(client: string): Disk | undefined {
    return this.#party(client)?.disk
  }

  roleOf(client: string): string | undefined {
    return this.#party(client)?.plan.role
  }

  crashed(error: unknown, label: string): void {
    this.#truth.violate('nothing crashes', `${label}: ${describe(error)}`)
  }

  /** Runs everything, until the first violation that stands for itself, or the end. */
  async run(): Promise<void> {
    this.#server.start()
    for (const party of this.#parties) party.start()
    for (const step of this.#schedule.steps)
      this.timeline.plan(1_000 + step.at, `step ${nameOf(step)}`, () => this.#take(step))
    this.timeline.plan(900, 'step group', () => this.#parties[0]?.do({ kind: 'group' }))
    const isOver = () => this.#truth.violations.length > 0 || this.timeline.trace.events > MAX_EVENTS
    await this.timeline.run(1_000 + this.#schedule.lastsMs, isOver)
    this.#endFaults()
    await this.timeline.run(this.timeline.now + REST_MS, isOver)
    if (this.timeline.trace.events > MAX_EVENTS)
      this.#truth.violate('everything comes to rest', `after ${this.timeline.trace.events} events`)
    if (!isOver()) await this.#check()
  }

  outcome(): Outcome {
    const { trace, now } = this.timeline
    return {
      seed: this.#schedule.seed,
      violations: this.#truth.violations,
      hash: trace.hash,
      events: trace.events,
      simulatedMs: now,
      counts: this.#counts.all(),
      trace: trace.lines,
    }
  }

  #party(name: string): ClientParty | undefined {
    return this.#parties.find(party => party.name === name)
  }

  #take(step: Step): void {
    if (step.kind === 'lose-server') return this.#server.loseDisk(this.clients, step.downMs)
    if (step.kind === 'refuse') {
      this.#counts.add('network: refused')
      const end = this.#network.refuse()
      this.#ends.push(end)
      this.timeline.plan(step.ms, 'refusal ends', end)
      return
    }
    if (isFault(step)) this.#strike(step.who, step)
    else this.#party(step.who)?.do(step)
  }

  #strike(who: string, fault: PartyFault): void {
    const party = who === SERVER ? this.#server : this.#party(who)
    if (!party || this.#areFaultsOver) return
    const isVictim = (client: Life) => who === SERVER || client === party.life
    switch (fault.kind) {
      case 'kill':
        return party.killAfter(fault.afterOperations, fault)
      case 'stop':
        return party.stop(fault.downMs)
      case 'disk':
        return party.faults.add(fault.fault, fault.after, fault.times)
      case 'clock':
        party.host.aheadMs += fault.byMs
        return this.#counts.add('clock jumps')
      case 'cut':
        return this.#counts.add('network: cut', this.#network.cut(fault.how, isVictim))
      case 'silence':
        return this.#counts.add('network: silent', this.#network.silence(fault.directions, isVictim))
      case 'stall':
        return this.#counts.add('network: stalled', this.#network.stall(fault.direction, fault.ms, isVictim))
    }
  }

  /** From now on all goes well. Everybody begins anew, and has time. */
  #endFaults(): void {
    this.#areFaultsOver = true
    for (const end of this.#ends) end()
    for (const party of [this.#server, ...this.#parties]) {
      party.faults.clear()
      party.kill('process', 0)
      party.start()
    }
  }

  async #check(): Promise<void> {
    const open = this.#parties.map(party => party.open)
    for (const [index, party] of this.#parties.entries())
      if (!open[index]) this.#truth.violate('a workspace opens after every crash', `${party.name} is not open`)
    if (open.some(client => client === undefined)) return
    for (const party of this.#parties) if (party.plan.role === 'claimer' && party.open) work(party, party.open)
    for (let rest = 0; rest < MAX_RESTS; rest++) {
      await this.#wait(async () => {}, REST_MS)
      if ((await this.#wait(() => this.#pending())) === 0) break
    }
    await this.#wait(async () => {}, REST_MS) // what the last work has answered arrives, and is told
    const holdings = await this.#wait(() =>
      Promise.all(this.#parties.flatMap(party => (party.open ? [holdingsOf(party.name, party.open)] : []))),
    )
    if (!holdings) return
    await this.#wait(() => Promise.all(this.#parties.map(party => party.open?.client.close())))
    checkEverything(this.#parties, holdings, this.#truth)
  }

  /** How much work is left. */
  async #pending(): Promise<number> {
    const pending = await Promise.all(this.#parties.map(party => party.open?.client.getPendingMessages() ?? []))
    return pending.flat().length
  }

  /** Lets something happen, and time pass meanwhile. */
  async #wait<T>(task: () => Promise<T>, forMs = 30_000): Promise<T | undefined> {
    let result: { readonly value: T } | undefined
    task().then(
      value => {
        result = { value }
      },
      error => this.crashed(error, 'the check'),
    )
    await this.timeline.run(this.timeline.now + forMs)
    if (!result) this.#truth.violate('everything comes to rest', 'a call of the check did not end')
    return result?.value
  }
}

const FAULTS: ReadonlySet<string> = new Set<PartyFault['kind']>([
  'kill',
  'stop',
  'disk',
  'clock',
  'cut',
  'silence',
  'stall',
])

/** A step for the trace. */
function nameOf({ at: _, ...step }: Step): string {
  return Object.values(step).join(' ')
}

function isFault(step: PartyFault | WorkStep): step is PartyFault {
  return FAULTS.has(step.kind)
}
