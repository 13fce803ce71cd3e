/** A client of a simulation. */

import type { FileSystem } from '../../../adapters/fs/file-system.ts'
import { fsStorage } from '../../../adapters/fs/index.ts'
import { IMClient } from '../../../src/index.ts'
import type { ConversationEvent } from '../../../src/model/event.ts'
import type { StorageAdapter } from '../../../src/storage/contract.ts'
import { type Batch, puts } from '../check/acknowledged.ts'
import { cursorProblem } from '../check/cursor-check.ts'
import { watchStatuses } from '../check/status-check.ts'
import { nameOf } from '../check/truth.ts'
import type { Life } from '../engine/life.ts'
import type { ClientPlan, WorkStep } from '../plan/schedule.ts'
import { Asker } from './asker.ts'
import { Claimer } from './claimer.ts'
import { handleMessages, work } from './handlers.ts'
import { codeOf, describe, Party, type Surroundings } from './party.ts'
import { perform } from './work-steps.ts'
import type { World } from './world.ts'

/** Errors that a program must expect of a client's methods while things go wrong. */
const EXPECTED: ReadonlySet<string> = new Set([
  ...['STORAGE_IO', 'STORAGE_FULL', 'STORAGE_CLOSED', 'CLIENT_CLOSED', 'NOT_CONNECTED', 'CONNECTION_LOST'],
  ...[
    'CONNECTION_TIMEOUT',
    'MESSAGE_NOT_FOUND',
    'CONVERSATION_NOT_FOUND',
    'SERVER_DRAINING',
    'RATE_LIMITED',
    'INTERNAL',
  ],
  ...['QUEUE_LEASE_LOST', 'QUEUE_ATTEMPT_TIMEOUT', 'MESSAGE_WORK_FAILED', 'MESSAGE_HELD', 'FORBIDDEN'],
])

/** A client that is open, with what belongs to its life. */
export interface OpenClient {
  readonly client: IMClient
  readonly storage: StorageAdapter
  readonly life: Life
}

/** See the head of this file. */
export class ClientParty extends Party {
  readonly plan: ClientPlan
  readonly world: World
  readonly asker: Asker
  readonly claimer: Claimer
  protected readonly kind = 'client'
  /** There from when it is open until its process ends. */
  #open: OpenClient | undefined

  constructor(plan: ClientPlan, surroundings: Surroundings, world: World) {
    super(plan, surroundings)
    this.plan = plan
    this.world = world
    this.asker = new Asker(this)
    this.claimer = new Claimer(this)
    surroundings.truth.stored.set(plan.name, new Set())
  }

  /** The client, while it is open. */
  get open(): OpenClient | undefined {
    return this.#open?.life.isAlive ? this.#open : undefined
  }

  /** Lets it do something, where it is open. */
  do(step: WorkStep): void {
    const { open } = this
    if (open) this.attempt(open.life, step.kind, perform(this, open, step))
  }

  /** Watches a call of the program: what it rejects with must be among what is to be expected. */
  attempt(life: Life, what: string, call: Promise<unknown>): void {
    call.catch(error => {
      if (!life.isAlive) return
      this.surroundings.counts.add(`call refused: ${codeOf(error)}`)
      if (!EXPECTED.has(codeOf(error)))
        this.surroundings.truth.violate(
          'calls reject with the errors that are promised',
          `${life.name} ${what}: ${describe(error)}`,
        )
    })
  }

  protected async boot(life: Life, fileSystem: FileSystem): Promise<void> {
    const storage = this.acknowledged.watch(this.#storage(life, fileSystem), life)
    const client = this.#make(life, storage)
    this.#listen(client, life)
    await this.retried(life, () => client.open())
    await this.retried(life, () => this.#verify(life, storage))
    this.#open = { client, storage, life }
    this.attempt(life, 'connect', client.connect())
    if (this.plan.role === 'interactive') handleMessages(this, this.#open)
    if (this.plan.role === 'employee') work(this, this.#open)
    this.asker.resume(this.#open)
  }

  protected async close(): Promise<void> {
    await this.open?.client.close()
  }

  async #verify(life: Life, storage: StorageAdapter): Promise<void> {
    const { truth } = this.surroundings
    const passed = await cursorProblem(storage, this.name, truth)
    if (passed) truth.violate('a cursor never passes what is stored', `${life.name}: ${passed}`)
  }

  #storage({ clock, machine }: Life, fileSystem: FileSystem): StorageAdapter {
    const { checkpointLength } = this.plan
    return fsStorage('/ws', { fileSystem, clock, machine, checkpointLength })
  }

  #make(life: Life, storage: StorageAdapter): IMClient {
    const { role, guarded, queueLimit, name } = this.plan
    return new IMClient({
      storage,
      agentId: name,
      imServerUrl: 'http://server.test',
      queue: role !== 'interactive',
      ...(role !== 'interactive' && queueLimit > 0 ? { queueLimit } : {}),
      ...(guarded ? {} : { guard: false }),
      clock: life.clock,
      random: life.chance.fork('program'),
      openSocket: this.surroundings.network.socketsOf(life),
    })
  }

  #listen(client: IMClient, life: Life): void {
    const { counts, truth } = this.surroundings
    watchStatuses(client, life, this)
    client.on('repair', ({ kind }) => life.isAlive && counts.add(`repair: ${kind}`))
    client.on('gap', () => life.isAlive && counts.add('gaps told'))
    client.on('synced', ({ kind }) => life.isAlive && counts.add(`session: ${kind}`))
    client.on('error', error => {
      if (!life.isAlive) return
      counts.add(`client error: ${error.code}`)
      if (['STORAGE_DAMAGED', 'STORAGE_FENCED'].includes(error.code))
        truth.violate('storage is neither damaged nor fenced', `${life.name}: ${describe(error)}`)
    })
  }

  protected stored(batch: Batch): void {
    const stored = this.surroundings.truth.stored.get(this.name)
    for (const [, value] of puts(batch, 'events')) stored?.add(nameOf(value as unknown as ConversationEvent))
  }
}
