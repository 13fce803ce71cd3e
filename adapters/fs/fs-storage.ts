/** The storage contract on a folder: composes the claim, the journal and the places. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import * as zlib from 'node:zlib'
import {
  type Clock,
  type Durability,
  encodeOperation,
  IMError,
  isoTime,
  Journal,
  type Json,
  type Key,
  type ListOptions,
  type OpenOptions,
  requireKey,
  type StorageAdapter,
  type StorageEntry,
  type StorageRepair,
  systemClock,
  type Views,
  type WriteOperation,
} from '../../src/index.ts'
import { type FileSystem, FOLDER_MODE, nodeFileSystem } from './file-system.ts'
import { Folder, type FolderOptions } from './folder.ts'
import { JournalFile } from './journal-file.ts'
import { FOLDERS } from './layout.ts'
import { type Machine, thisMachine } from './machine.ts'
import { thisProcess } from './owner.ts'
import { type Claim, OwnerLock } from './owner-lock.ts'
import { OwnerSocket } from './owner-socket.ts'
import { Places } from './places.ts'
import { storageError } from './storage-error.ts'

/** Options of {@link fsStorage}. */
export interface FsStorageOptions {
  /** The folder within the workspace; `im_client` by default, `im_server` for a server's data. */
  readonly folder?: string
  /** `strict` (default): what was written survives a power cut. `relaxed`: it survives the end of the process. */
  readonly durability?: 'strict' | 'relaxed'
  /** The length of the journal, in characters, at which it is emptied into the files; 8 Mi by default. */
  readonly checkpointLength?: number
  /**
   * For repairing: a document that is damaged is kept in `quarantine/` and made anew with what can be read of it, where
   * opening would be refused with `STORAGE_DAMAGED`; every line of every log is looked at. What is done is reported.
   */
  readonly rebuild?: boolean
  /** For tests. */
  readonly clock?: Clock
  /** For tests: what stands in for `node:fs/promises`. */
  readonly fileSystem?: FileSystem
  /** For tests: what stands in for this process and its machine. */
  readonly machine?: Machine
}

/** What is there while the storage is open. */
interface Opened {
  readonly lock: OwnerLock
  readonly file: JournalFile
  readonly journal: Journal
  readonly places: Places
}

/**
 * Storage in a workspace folder, readable by any program: see `docs/storage.md`. A leading `~` stands for the home folder.
 * Nothing is touched before `open`.
 */
export function fsStorage(workspacePath: string, options: FsStorageOptions = {}): StorageAdapter {
  if (typeof workspacePath !== 'string' || workspacePath === '') throw new TypeError('The workspace path is a text.')
  return new FsStorage(workspacePath, options)
}

class FsStorage implements StorageAdapter {
  readonly durability: Durability
  /** None where something stands in for the file system: sockets are the real one's. */
  readonly views: Views | undefined
  readonly #root: string
  readonly #options: FsStorageOptions
  readonly #fileSystem: FileSystem
  readonly #clock: Clock
  #opened: Opened | undefined
  #closing: Promise<void> | undefined

  constructor(workspacePath: string, options: FsStorageOptions) {
    this.#root = resolve(workspacePath.replace(/^~(?=$|[/\\])/, homedir()), options.folder ?? 'im_client')
    this.#options = options
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
    this.#clock = options.clock ?? systemClock
    this.durability = options.durability ?? 'strict'
    const confirm = async () => this.#require().lock.confirm()
    const [root, fileSystem] = [this.#root, this.#fileSystem]
    this.views = options.fileSystem ? undefined : new OwnerSocket({ root, fileSystem, confirm })
  }

  async open({ onRepair = () => undefined, onFailure = () => undefined, onLost }: OpenOptions = {}): Promise<void> {
    try {
      await this.#makeRoot()
      const lock = await this.#lock(onLost)
      const claim = await lock.acquire()
      this.#opened = await this.#openAs(lock, claim, { onRepair, onFailure })
      this.#closing = undefined
    } catch (error) {
      throw storageError(error, this.#root)
    }
  }

  async get(key: Key): Promise<Json | undefined> {
    const { places } = this.#require()
    return await named(places.get(requireKey(key)))
  }

  async list(prefix: Key, options: ListOptions = {}): Promise<StorageEntry[]> {
    const { places } = this.#require()
    return await named(places.list(requireKey(prefix), options))
  }

  async write(batch: readonly WriteOperation[]): Promise<void> {
    const { journal, places } = this.#require()
    const operations = batch.map(encodeOperation)
    const notes = places.notesFor(operations)
    await journal.write(notes.length > 0 ? [...operations, ...notes] : operations)
  }

  close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    if (opened) this.#closing = named(closeAll(opened))
    return this.#closing ?? Promise.resolve()
  }

  async #makeRoot(): Promise<void> {
    const folder = this.#folder({ nonce: '', confirm: async () => undefined, onRepair: () => undefined })
    for (const place of FOLDERS) {
      await folder.makeFolder(place)
      await this.#fileSystem.chmod(folder.path(place), FOLDER_MODE)
    }
    await folder.syncAbove()
  }

  async #lock(onLost: OpenOptions['onLost']): Promise<OwnerLock> {
    const { machine = thisMachine } = this.#options
    const [fileSystem, clock] = [this.#fileSystem, this.#clock]
    const owner = await thisProcess(fileSystem, machine, isoTime(clock))
    return new OwnerLock(join(this.#root, 'owner.lock'), { owner, holder: this, fileSystem, machine, clock, onLost })
  }

  async #openAs(
    lock: OwnerLock,
    claim: Claim,
    { onRepair, onFailure }: Required<Omit<OpenOptions, 'onLost'>>,
  ): Promise<Opened> {
    const confirm = () => lock.confirm()
    const folder = this.#folder({ nonce: lock.owner.nonce, confirm, onRepair })
    const { rebuild = false } = this.#options
    const places = new Places({ folder, clock: this.#clock, confirm, onFailure, rebuild })
    const file = new JournalFile(folder, { sync: this.durability === 'strict' })
    const { checkpointLength } = this.#options
    const checksum: ((text: string) => number) | undefined = zlib.crc32 // not in every runtime that has a node:zlib
    const toError = (cause: unknown) => storageError(cause, folder.path(file.place))
    const options = { confirm, toError, onRepair, onFailure, checkpointLength, checksum }
    const journal = new Journal({ medium: file, places, ...options })
    try {
      reportFormer(claim, onRepair)
      const names = await folder.names('.')
      await folder.sweep(names)
      await places.load(names)
      await journal.open()
      places.endReplay()
      if (this.#options.rebuild) await places.mend()
      return { lock, file, journal, places }
    } catch (error) {
      await giveUp({ lock, file, places })
      throw error
    }
  }

  #folder(options: Omit<FolderOptions, 'root' | 'fileSystem' | 'clock'>): Folder {
    return new Folder({ root: this.#root, fileSystem: this.#fileSystem, clock: this.#clock, ...options })
  }

  #require(): Opened {
    if (!this.#opened) throw new IMError('STORAGE_CLOSED', 'The storage is not open.')
    return this.#opened
  }
}

/** Settles everything and gives the claim up, also where settling fails: the journal then holds what the files lack. */
async function closeAll({ lock, file, journal, places }: Opened): Promise<void> {
  try {
    await journal.close()
  } finally {
    await giveUp({ lock, file, places })
  }
}

async function giveUp({ lock, file, places }: Omit<Opened, 'journal'>): Promise<void> {
  await places.stop()
  try {
    await file.close()
  } finally {
    await lock.release()
  }
}

async function named<T>(step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    throw storageError(error)
  }
}

function reportFormer({ former }: Claim, onRepair: (repair: StorageRepair) => void): void {
  if (former === undefined) return
  const who = former === 'unreadable' ? 'an owner that cannot be read' : `process ${former.pid} on ${former.host}`
  const message = `The claim of ${who}, which is gone, was taken over.`
  onRepair({ kind: 'stale-owner', place: 'owner.lock', message })
}
