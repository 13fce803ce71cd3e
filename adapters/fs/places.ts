/** All documents and logs of a workspace: where the journal's batches go, and where reads come from. */
import type {
  Clock,
  EncodedOperation,
  IMError,
  JournalPlaces,
  Json,
  Key,
  ListOptions,
  StorageEntry,
} from '../../src/index.ts'
import { CutNames } from './cut-names.ts'
import { Document } from './document.ts'
import type { Folder } from './folder.ts'
import { documentCollections, LOG_FOLDER, LOGS } from './layout.ts'
import type { Log } from './log.ts'
import { Logs } from './logs.ts'
import { inLanes, Settler } from './settler.ts'

/** What {@link Places} work with. */
export interface PlacesOptions {
  readonly folder: Folder
  readonly clock: Clock
  readonly confirm: () => Promise<void>
  readonly onFailure: (error: IMError) => void
  /** Whether damaged documents are begun anew with what can be read of them. */
  readonly rebuild: boolean
}

/** See the head of this file. */
export class Places implements JournalPlaces {
  readonly #folder: Folder
  readonly #clock: Clock
  readonly #settler: Settler
  readonly #cutNames: CutNames
  readonly #logs: Logs
  /** Those that have a file, and those that were written to. */
  readonly #documents = new Map<string, Document>()
  readonly #rebuild: boolean
  #unsynced = new Set<Log>()
  /** How often the sync of the logs' folder had failed when their names were last made durable, or anew. */
  #failedSyncs = 0
  #replaying = true
  #settling: Promise<void> = Promise.resolve()

  constructor({ folder, clock, confirm, onFailure, rebuild }: PlacesOptions) {
    this.#folder = folder
    this.#rebuild = rebuild
    this.#clock = clock
    this.#settler = new Settler({ clock, confirm, onFailure })
    this.#cutNames = new CutNames(() => this.#documents.get(LOGS)?.map)
    this.#logs = new Logs(folder, this.#cutNames)
  }

  /**
   * Reads the documents. Logs are not touched.
   * @throws IMError `STORAGE_DAMAGED`
   */
  async load(namesInRoot: readonly string[]): Promise<void> {
    for (const collection of documentCollections(namesInRoot)) await this.#load(collection)
    for (const collection of this.#cutNames.collections()) await this.#load(collection)
  }

  /** Says that what follows is new, not replayed. */
  endReplay(): void {
    this.#replaying = false
  }

  /** Looks at every line of every log. Those with lines that are damaged are to be written anew without them. */
  async mend(): Promise<void> {
    for (const log of await this.#logs.all()) {
      if (!(await log.isDamaged())) continue
      this.#distrust(log)
      this.#unsynced.add(log)
    }
  }

  apply(operations: readonly EncodedOperation[]): void {
    const now = this.#clock.now()
    for (const operation of operations) {
      const { key, text } = operation
      if (key[0] === LOGS && key.length === 3) this.#setLine(String(key[1]), Number(key[2]), text, now)
      else {
        const document = this.#document(key[0])
        document.apply(operation, now)
        this.#settler.mark(document)
      }
    }
  }

  /** One after the other, so that a sync that fails is that of nobody else. */
  settle(): Promise<void> {
    const turn = this.#settling.then(() => this.#settle())
    this.#settling = turn.catch(() => undefined) // told to whoever asked for this turn
    return turn
  }

  /** Ends what settles by itself. */
  stop(): Promise<void> {
    return this.#settler.stop()
  }

  /** What a batch has to say besides, so that what is in a file can be told from its name. */
  notesFor(operations: readonly EncodedOperation[]): EncodedOperation[] {
    const notes: EncodedOperation[] = []
    for (const { key } of operations) {
      const text = key[0] === LOGS ? String(key[1]) : key[0]
      const { named } = key[0] === LOGS ? this.#logs.open(text) : this.#document(text)
      const note = this.#cutNames.noteFor(named, text)
      if (note) notes.push(note)
    }
    return notes
  }

  async get(key: Key): Promise<Json | undefined> {
    if (key[0] === LOGS) return key.length === 3 ? (await this.#logs.list(key, {}))[0]?.value : undefined
    return this.#documents.get(key[0])?.map.get(key)
  }

  async list(prefix: Key, options: ListOptions): Promise<StorageEntry[]> {
    if (prefix[0] === LOGS) return await this.#logs.list(prefix, options)
    return this.#documents.get(prefix[0])?.map.list(prefix, options) ?? []
  }

  async #settle(): Promise<void> {
    const logs = this.#unsynced // taken first: what is written from here on counts for the next time
    this.#unsynced = new Set()
    try {
      await this.#settler.settle()
      if (logs.size > 0) await this.#sync([...logs])
    } catch (error) {
      for (const log of logs) this.#unsynced.add(log)
      throw error
    }
  }

  async #sync(logs: readonly Log[]): Promise<void> {
    const outcomes = await inLanes(logs, log => log.sync())
    const failed = outcomes.filter(({ error }) => error !== undefined)
    try {
      if (failed[0]) throw failed[0].error
      await this.#folder.syncFolder(LOG_FOLDER, this.#failedSyncs)
    } catch (error) {
      this.#failedSyncs = this.#folder.failedSyncs(LOG_FOLDER)
      for (const log of logs) this.#distrust(log)
      throw error
    }
    for (const log of logs) log.endSync()
  }

  /** Names are made anew with their files: a second sync of the folder might succeed without them. */
  #distrust(log: Log): void {
    log.distrust()
    this.#settler.mark(log)
  }

  #setLine(conversation: string, seq: number, text: string | undefined, now: number): void {
    const log = this.#logs.open(conversation)
    log.set(seq, text, now)
    if (this.#replaying) log.markReplayed()
    this.#unsynced.add(log)
    this.#settler.mark(log)
  }

  async #load(collection: string): Promise<void> {
    const document = new Document(this.#folder, collection)
    const found = await document.load({ rebuild: this.#rebuild })
    if (found !== 'absent') this.#documents.set(collection, document)
    if (found === 'rebuilt') this.#settler.mark(document)
  }

  #document(collection: string): Document {
    let document = this.#documents.get(collection)
    if (!document) {
      document = new Document(this.#folder, collection)
      this.#documents.set(collection, document)
    }
    return document
  }
}
