/**
 * The journal gives atomic, durable batches to storage that has no transactions. All batches of a group are one record,
 * so that of an unsynced group a power cut leaves all or nothing, never a later batch without an earlier one. They are
 * committed when the record is synced, made readable in memory at once, and brought to their places later. What the places
 * may not hold yet is replayed at the next open; replaying twice does no harm, because a record says what is, not what changes.
 */
import { IMError } from '../errors.ts'
import { type Checksum, crc32 } from './checksum.ts'
import { CommitQueue } from './commit-queue.ts'
import type { StorageRepair } from './contract.ts'
import { readJournal } from './journal-reader.ts'
import { encodeRecord } from './journal-record.ts'
import type { EncodedOperation } from './operation.ts'

/** Where a journal is kept. Calls never overlap. */
export interface JournalMedium {
  /** What readers of a {@link StorageRepair} know it as. */
  readonly place: string
  /** The whole journal as it can be read now, past any open handle; empty where there is none. */
  read(): Promise<Uint8Array>
  /** Adds text at the end. As durable, when it resolves, as the storage promises. */
  append(text: string): Promise<void>
  /** Cuts off, durably, what the last `append` has left, whether it rejected or its group was refused after it. */
  rollback(): Promise<void>
  /** Replaces the journal, durably and in one step, by one that a former owner's open handle does not reach. */
  replace(text: string): Promise<void>
  /** Keeps damaged bytes for people to look at; gives the place. */
  keep(bytes: Uint8Array): Promise<string>
}

/** What the journal protects. */
export interface JournalPlaces {
  /** Makes committed batches readable, all of them at once. Must not throw. */
  apply(operations: readonly EncodedOperation[]): void
  /** Resolves when all that was applied before the call is durable in its place. Places tell of failures themselves. */
  settle(): Promise<void>
}

/** What a {@link Journal} works with. */
export interface JournalOptions {
  readonly medium: JournalMedium
  readonly places: JournalPlaces
  /** Rejects with `STORAGE_FENCED` where another owner has taken over. */
  readonly confirm: () => Promise<void>
  /** Names a failure of the medium: `STORAGE_FULL` or `STORAGE_IO`. */
  readonly toError: (cause: unknown) => IMError
  readonly onRepair: (repair: StorageRepair) => void
  /** Told why the journal cannot be emptied once the places have settled, while there is room: once until it was. */
  readonly onFailure: (error: IMError) => void
  /** The runtime's own CRC-32, where it has a faster one than {@link crc32}. */
  readonly checksum?: Checksum | undefined
  /** The length of the journal, in UTF-16 code units, at which it is emptied into the places. */
  readonly checkpointLength?: number
}

/** Bounds both the time of a replay and the memory that waiting entries take. */
const CHECKPOINT_LENGTH = 8 * 1024 * 1024

/** Emptying the journal while writers go on: the places settle what came before, `tail` gathers what comes after. */
interface Checkpoint {
  readonly settled: Promise<void>
  readonly tail: string[]
  done: boolean
}

/**
 * See the head of this file. One group of batches at a time; batches settle in the order of the calls.
 *
 * After a failed sync a system may hold bytes for written that are not, and say so no more: trying again would succeed
 * without data. So after any failure but a full disk the journal is not trusted: nothing is acknowledged before it was
 * read back and put down anew, in a file of its own, or emptied into the places where something of it is missing.
 */
export class Journal {
  readonly #options: JournalOptions
  readonly #queue: CommitQueue<readonly EncodedOperation[], undefined>
  readonly #limit: number
  readonly #checksum: Checksum
  #number = 0
  #length = 0
  /** How many records the journal has to hold. */
  #held = 0
  #trusted = true
  #fenced: IMError | undefined
  #checkpoint: Checkpoint | undefined
  /** Whether it was told that the journal cannot be emptied. */
  #failing = false

  constructor(options: JournalOptions) {
    this.#options = options
    this.#limit = options.checkpointLength ?? CHECKPOINT_LENGTH
    this.#checksum = options.checksum ?? crc32
    this.#queue = new CommitQueue(batches => this.#commit(batches))
  }

  /**
   * Replays what the places may not hold yet, reports damage, and puts the journal out of any former owner's reach.
   * @throws IMError `STORAGE_FULL`, `STORAGE_IO`, `STORAGE_FENCED`
   */
  async open(): Promise<void> {
    const { medium, places, onRepair } = this.#options
    const { records, text, damage } = readJournal(await this.#attempt(() => medium.read()), this.#checksum)
    for (const { bytes, ...found } of damage) {
      const quarantine = await this.#attempt(() => medium.keep(bytes))
      onRepair({ ...found, place: medium.place, quarantine })
    }
    await this.#attempt(() => medium.replace(text))
    for (const record of records) places.apply(record.operations)
    this.#number = records.at(-1)?.number ?? 0
    this.#length = text.length
    this.#held = records.length
  }

  /**
   * Commits a batch. Resolves when it is durable and readable; a batch that is rejected does not come back at a replay.
   * @throws IMError `STORAGE_FULL`, `STORAGE_IO`, `STORAGE_FENCED`
   */
  write(batch: readonly EncodedOperation[]): Promise<void> {
    return this.#queue.add(batch)
  }

  /**
   * Waits for the writes under way, settles the places and empties the journal.
   * @throws IMError `STORAGE_FULL`, `STORAGE_IO`: nothing is lost, the next open replays
   */
  async close(): Promise<void> {
    await this.#queue.idle()
    await this.#checkpoint?.settled.catch(() => undefined) // settled again below, where a failure is told
    await this.#queue.idle()
    if (this.#fenced) return
    await this.#attempt(() => this.#options.places.settle())
    if (this.#length === 0 && this.#trusted) return
    await this.#replace([])
  }

  async #commit(batches: readonly (readonly EncodedOperation[])[]): Promise<undefined[]> {
    if (this.#fenced) throw this.#fenced
    await this.#makeRoom()
    const operations = batches.flat()
    // Not after an empty group: a checkpoint that fails ends in one, and would begin the next at once, for ever.
    if (operations.length === 0) return []
    await this.#append(encodeRecord({ number: this.#number + 1, operations }, this.#checksum))
    this.#number += 1
    this.#options.places.apply(operations)
    if (this.#length > this.#limit) this.#checkpoint ??= this.#beginCheckpoint()
    return []
  }

  /** The claim is checked after the sync: a successor that takes over later reads a journal that holds this group. */
  async #append(text: string): Promise<void> {
    if (!this.#trusted) await this.#restore()
    try {
      await this.#options.medium.append(text)
      await this.#options.confirm()
    } catch (cause) {
      const error = this.#named(cause)
      if (!this.#fenced) await this.#withdraw(error)
      throw error
    }
    this.#length += text.length
    this.#held += 1
    this.#checkpoint?.tail.push(text)
  }

  /** Takes back what a failed append has left. A full disk refuses before it writes, and harms nothing that is there. */
  async #withdraw({ code }: IMError): Promise<void> {
    this.#trusted = false
    try {
      await this.#options.medium.rollback()
      this.#trusted = code === 'STORAGE_FULL'
    } catch {
      // Not trusted: the next write restores the journal first, or rejects.
    }
  }

  /** Reads back what was acknowledged and puts it down anew. The places hold all of it, so they make up for what is gone. */
  async #restore(): Promise<void> {
    const { medium, places, confirm } = this.#options
    const read = async () => {
      await confirm() // or this would be the journal of a successor
      return await medium.read()
    }
    const { records } = readJournal(await this.#attempt(read), this.#checksum)
    const known = records.filter(({ number }) => number <= this.#number)
    if (known.length === this.#held) return await this.#replace(known.map(one => encodeRecord(one, this.#checksum)))
    await this.#attempt(() => places.settle())
    await this.#replace([])
  }

  #beginCheckpoint(): Checkpoint {
    const settled = this.#options.places.settle()
    const checkpoint: Checkpoint = { settled, tail: [], done: false }
    const finish = () => {
      checkpoint.done = true
      // An empty batch brings the queue round to makeRoom; a failure there meets the next write as well.
      this.#queue.add([]).catch(() => undefined)
    }
    settled.then(finish, finish)
    return checkpoint
  }

  /** Ends a checkpoint whose places have settled. At twice its length the journal is full, and writers wait for it. */
  async #makeRoom(): Promise<void> {
    const full = this.#length > 2 * this.#limit
    if (full) this.#checkpoint ??= this.#beginCheckpoint()
    const checkpoint = this.#checkpoint
    if (!checkpoint || !(checkpoint.done || full)) return
    let settled = false
    try {
      await checkpoint.settled
      settled = true
      await this.#replace(checkpoint.tail)
      this.#failing = false
    } catch (cause) {
      const error = this.#named(cause)
      if (this.#fenced || full) throw error
      // There is room to go on, and this group begins another checkpoint.
      if (!settled) return // the places tell it
      if (!this.#failing) this.#options.onFailure(error)
      this.#failing = true
    } finally {
      this.#checkpoint = undefined
    }
  }

  async #replace(records: readonly string[]): Promise<void> {
    const text = records.join('')
    await this.#attempt(async () => {
      await this.#options.confirm()
      await this.#options.medium.replace(text)
    })
    this.#length = text.length
    this.#held = records.length
    this.#trusted = true
  }

  async #attempt<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (cause) {
      throw this.#named(cause)
    }
  }

  #named(cause: unknown): IMError {
    const error = cause instanceof IMError ? cause : this.#options.toError(cause)
    if (error.code === 'STORAGE_FENCED') this.#fenced = error
    return error
  }
}
