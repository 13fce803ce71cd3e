/** The storage contract on a driver of unstorage: composes the claim, the journal and the places. */
import {
  type Clock,
  type Durability,
  encodeOperation,
  IMError,
  Journal,
  type Json,
  type Key,
  type ListOptions,
  type OpenOptions,
  requireKey,
  type StorageAdapter,
  type StorageEntry,
  systemClock,
  systemRandom,
  type WriteOperation,
} from '../../src/index.ts'
import { Claim, type Former } from './claim.ts'
import { Generations, type Marks, NO_MARKS } from './generations.ts'
import { JournalKeys } from './journal-keys.ts'
import type { KeyValueStorage } from './key-value-storage.ts'
import { Litter } from './litter.ts'
import { highestGeneration } from './names.ts'
import { Places } from './places.ts'
import { type ProcessIdentity, thisProcess } from './process-identity.ts'
import { storageError } from './storage-error.ts'
import { Store } from './store.ts'
import { factsOf, type UnstorageFacts } from './suitability.ts'
import { inTurn } from './turn.ts'

/** Options of {@link unstorageStorage}. */
export interface UnstorageOptions {
  /** What all keys begin with; `im-client` by default. Lower-case letters, digits and `-`, in parts divided by `:`. */
  readonly base?: string
  /**
   * What the store behind the driver promises once a call has resolved: `strict` where it survives a power cut (Redis with
   * `appendfsync always`), `relaxed` where it survives the end of this process, the default, or `none`.
   */
  readonly durability?: Durability
  /** Accepts a store where a read may not see the last write. What no longer holds then is in `docs/storage.md`. */
  readonly consistency?: 'eventual'
  /** The length of the journal, in characters, at which it is emptied into the entries; 256 Ki by default. */
  readonly checkpointLength?: number
  /** For repairing: a damaged value is kept aside, reported and left out, where reading it would reject with `STORAGE_DAMAGED`. */
  readonly rebuild?: boolean
  /** For tests. */
  readonly clock?: Clock
  /** For tests: what stands in for this process; `null` stands for a runtime without processes. */
  readonly process?: ProcessIdentity | null
}

/** Storage on unstorage, and what holds for it. */
export interface UnstorageAdapter extends StorageAdapter {
  readonly facts: UnstorageFacts
}

/** What is there while the storage is open. */
interface Opened {
  readonly claim: Claim
  readonly medium: JournalKeys
  readonly journal: Journal
  readonly places: Places
  readonly litter: Litter
}

const BASE = /^[a-z0-9-]+(:[a-z0-9-]+)*$/

/** Bounds what an open has to read, one key for each group of batches. */
const CHECKPOINT_LENGTH = 256 * 1024

const NONCE_BYTES = 8

/**
 * Storage on any driver of unstorage: see `docs/storage.md`. Give it what `createStorage` or `prefixStorage` made. Nothing is
 * touched before `open`.
 * @throws IMError `STORAGE_UNSUITABLE` where the driver forgets, cannot be written to, or is eventually consistent and nobody
 * has accepted that
 */
export function unstorageStorage(storage: KeyValueStorage, options: UnstorageOptions = {}): UnstorageAdapter {
  const { base = 'im-client' } = options
  if (!BASE.test(base)) throw new TypeError('The base is lower-case letters, digits and "-", in parts divided by ":".')
  return new UnstorageStorage(storage, { ...options, base })
}

class UnstorageStorage implements UnstorageAdapter {
  readonly durability: Durability
  readonly facts: UnstorageFacts
  readonly #storage: KeyValueStorage
  readonly #options: UnstorageOptions & { readonly base: string }
  #opened: Opened | undefined
  #closing: Promise<void> | undefined

  constructor(storage: KeyValueStorage, options: UnstorageOptions & { readonly base: string }) {
    this.#storage = storage
    this.#options = options
    this.facts = factsOf(storage, options.base, options)
    this.durability = options.durability ?? (this.facts.durable ? 'relaxed' : 'none')
  }

  async open({ onRepair = () => undefined, onFailure = () => undefined, onLost }: OpenOptions = {}): Promise<void> {
    const { base, process = thisProcess(), clock = systemClock } = this.#options
    factsOf(this.#storage, base, this.#options) // mounts may have changed
    const nonce = hex(systemRandom.bytes(NONCE_BYTES))
    const store = new Store(this.#storage, base)
    const claim = new Claim({ store, clock, nonce, process: process ?? undefined, onLost: onLost ?? (() => undefined) })
    const former = await inTurn(this.#storage, () => claim.acquire())
    try {
      if (former)
        onRepair({ kind: 'stale-owner', place: 'owner', message: `${told(former)} is gone; its claim was taken over.` })
      this.#opened = await this.#openAs({ store, claim, nonce }, { onRepair, onFailure })
      this.#closing = undefined
    } catch (error) {
      await claim.release().catch(() => undefined) // what went wrong before matters more
      throw error
    }
  }

  async get(key: Key): Promise<Json | undefined> {
    const { places } = this.#require()
    return await places.get(requireKey(key))
  }

  async list(prefix: Key, options: ListOptions = {}): Promise<StorageEntry[]> {
    const { places } = this.#require()
    return await places.list(requireKey(prefix), options)
  }

  async write(batch: readonly WriteOperation[]): Promise<void> {
    const { journal } = this.#require()
    await journal.write(batch.map(encodeOperation))
  }

  close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened) this.#closing = closeAll(opened)
    return this.#closing ?? Promise.resolve()
  }

  async #openAs(
    { store, claim, nonce }: { readonly store: Store; readonly claim: Claim; readonly nonce: string },
    { onRepair, onFailure }: Required<Pick<OpenOptions, 'onRepair' | 'onFailure'>>,
  ): Promise<Opened> {
    const confirm = () => claim.confirm()
    const [litter, generations] = [new Litter(store), new Generations()]
    const names = await store.names()
    requireListed(names, claim.beatName)
    const medium = new JournalKeys({ store, litter, generations, owner: nonce, confirm })
    const marks = await medium.load(names)
    await confirm() // or what seems to be missing may be what a successor has removed
    const { checkpointLength = CHECKPOINT_LENGTH, rebuild = false } = this.#options
    const quarantine = (raw: string) => medium.quarantine(raw)
    const places = new Places({ store, litter, generations, confirm, quarantine, onRepair, rebuild })
    const used = highestGeneration(names)
    if (!marks && used > 0) onRepair(withoutMarks)
    const known: Marks = marks ?? (used > 0 ? { settled: used, end: used + 1, void: [] } : NO_MARKS)
    await places.load(names, known)
    generations.follow(known, used)
    litter.add(names.filter(name => name.startsWith('b:') && name !== claim.beatName))
    const toError = (cause: unknown) => storageError(cause, 'journal')
    const journal = new Journal({ medium, places, confirm, toError, onRepair, onFailure, checkpointLength })
    await journal.open()
    return { claim, medium, journal, places, litter }
  }

  #require(): Opened {
    if (!this.#opened) throw new IMError('STORAGE_CLOSED', 'The storage is not open.')
    return this.#opened
  }
}

const withoutMarks = {
  kind: 'bad-journal-record',
  place: 'journal',
  message: 'The beginning of the journal is gone or damaged; every value that is there was taken for one that counts.',
} as const

/** Settles everything and gives the claim up, also where settling fails: the journal then holds what the entries lack. */
async function closeAll({ claim, medium, journal, litter }: Opened): Promise<void> {
  await journal.write([]).catch(() => undefined) // those before it have ended then, and whoever wrote them was told how
  medium.finish()
  try {
    await journal.close()
    await medium.close()
  } finally {
    await litter.idle()
    await claim.release()
  }
}

/** A driver that hides what it holds would let everything look empty. */
function requireListed(names: readonly string[], own: string): void {
  if (names.includes(own)) return
  throw new IMError('STORAGE_IO', 'The driver does not list what was just written: its getKeys leaves keys out.')
}

function told(former: Former): string {
  if (former === 'unreadable') return 'An owner whose claim cannot be read'
  return former.pid ? `Process ${former.pid}` : `The owner since ${former.since}`
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
