/**
 * Examines a workspace: every file, line by line. Changes nothing, takes no claim, and may be done beside an owner: then
 * what is just being written does not count.
 */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type EncodedOperation,
  isoTime,
  Journal,
  type JsonObject,
  SortedMap,
  type StorageRepair,
  systemClock,
} from '../../src/index.ts'
import { CutNames } from './cut-names.ts'
import { keyOf, readProperties, salvageProperties } from './document-text.ts'
import { type FileSystem, ifExists, nodeFileSystem } from './file-system.ts'
import type { Finding } from './finding.ts'
import { documentCollections, documentPlace, LOG_FOLDER, LOGS, logConversations, logPlace } from './layout.ts'
import { examineLog } from './log-examination.ts'
import { thisMachine } from './machine.ts'
import { judge, type Owner, parseOwner, thisProcess } from './owner.ts'
import { at, storageError } from './storage-error.ts'

/** What a workspace holds, the journal included, and what is wrong with it. */
export interface Examination {
  /** The folder that was examined. */
  readonly root: string
  /** The process that owns it, where that lives or cannot be seen from here. */
  readonly owner: Pick<Owner, 'pid' | 'host' | 'since'> | undefined
  readonly findings: readonly Finding[]
  /** Files that were read. */
  readonly files: number
  /** Records of the journal, which the files may not hold yet. */
  readonly records: number
  /** Damaged pieces that earlier repairs have kept. */
  readonly quarantined: number
  /** What the documents hold that could be read. */
  readonly documents: SortedMap
  /** The logs, by conversation. */
  readonly logs: ReadonlyMap<string, ExaminedLog>
}

/** What a conversation's log holds. */
export interface ExaminedLog {
  /** Its file. */
  readonly place: string
  /** Its sequence numbers, ascending. */
  readonly seqs: readonly number[]
}

/** How to examine. */
export interface ExaminationOptions {
  /** The folder within the workspace: `im_client`, or `im_server` for a server's data. */
  readonly folder?: string
  /** Told of each event that can be read, those of a conversation's file in order, then those of the journal. */
  readonly onEvent?: (conversation: string, event: JsonObject) => void
  /** For tests. */
  readonly fileSystem?: FileSystem
}

/** Examines the workspace in a folder. */
export function examineWorkspace(workspacePath: string, options: ExaminationOptions = {}): Promise<Examination> {
  const root = resolve(workspacePath.replace(/^~(?=$|[/\\])/, homedir()), options.folder ?? 'im_client')
  return new Examiner(root, options).examine()
}

class Examiner {
  readonly #root: string
  readonly #fileSystem: FileSystem
  readonly #onEvent: NonNullable<ExaminationOptions['onEvent']>
  readonly #findings: Finding[] = []
  readonly #documents = new SortedMap()
  readonly #logs = new Map<string, Set<number>>()
  #files = 0
  #records = 0
  #isOwned = false

  constructor(root: string, { fileSystem = nodeFileSystem, onEvent = () => undefined }: ExaminationOptions) {
    this.#root = root
    this.#fileSystem = fileSystem
    this.#onEvent = onEvent
  }

  async examine(): Promise<Examination> {
    const owner = await this.#owner()
    this.#isOwned = owner !== undefined
    const names = await this.#names('.')
    this.#leftovers(names)
    for (const collection of documentCollections(names)) await this.#document(collection)
    const cutNames = new CutNames(() => this.#documents)
    for (const collection of cutNames.collections()) await this.#document(collection)
    const conversations = [...logConversations(await this.#names(LOG_FOLDER)), ...cutNames.conversations()]
    for (const conversation of conversations.sort()) await this.#log(conversation)
    await this.#journal()
    return {
      root: this.#root,
      owner: owner && { pid: owner.pid, host: owner.host, since: owner.since },
      findings: this.#findings,
      files: this.#files,
      records: this.#records,
      quarantined: (await this.#names('quarantine')).length,
      documents: this.#documents,
      logs: new Map([...this.#logs].map(([conversation, seqs]) => [conversation, examinedLog(conversation, seqs)])),
    }
  }

  /** The owner, unless it is gone. One that cannot be seen from here is taken for one that lives. */
  async #owner(): Promise<Owner | undefined> {
    const bytes = await this.#read('owner.lock')
    if (!bytes) return undefined
    const owner = parseOwner(bytes.toString())
    const self = await thisProcess(this.#fileSystem, thisMachine, isoTime(systemClock))
    const judging = { self, fileSystem: this.#fileSystem, machine: thisMachine }
    if (owner && (await judge(owner, judging)) !== 'gone') return owner
    const who = owner ? `process ${owner.pid} on ${owner.host}, which is gone` : 'an owner that cannot be read'
    this.#findings.push({
      kind: 'owner',
      place: 'owner.lock',
      isDamage: false,
      message: `The workspace is claimed by ${who}: it was not closed.`,
      remedy: owner ? 'Opening takes the claim over.' : 'Opening takes the claim over once it is 20 s old.',
    })
    return undefined
  }

  #leftovers(names: readonly string[]): void {
    if (this.#isOwned) return
    for (const place of names.filter(name => name.startsWith('.tmp-'))) {
      const message = 'A file that was being written when its process was stopped. Nothing of it is needed.'
      this.#findings.push({ kind: 'leftover', place, isDamage: false, message, remedy: 'Opening takes it away.' })
    }
  }

  async #document(collection: string): Promise<void> {
    const { place } = documentPlace(collection)
    const bytes = await this.#read(place)
    if (!bytes) return
    const properties = readProperties(bytes)
    if (!properties) this.#damagedDocument(place, bytes)
    for (const { name, text } of properties ?? salvageProperties(bytes).properties) {
      const key = keyOf(collection, name)
      if (key) this.#documents.set(key, text)
      else this.#findings.push(namesNoKey(place, name))
    }
  }

  #damagedDocument(place: string, bytes: Buffer): void {
    const { properties, badLines } = salvageProperties(bytes)
    const [line] = badLines
    const lines = badLines.length > 1 ? `lines ${badLines.join(', ')} are none` : 'a line is none'
    this.#findings.push({
      kind: 'bad-document',
      place,
      ...(line === undefined ? {} : { line }),
      isDamage: true,
      message: `The file is no JSON object (${badLines.length > 0 ? lines : 'its end is missing'}): the workspace cannot be opened.`,
      remedy:
        `im-client doctor keeps the file in quarantine/ and makes it anew with the ${properties.length} entries that ` +
        'can be read, and with what the journal holds. The others are lost.',
    })
  }

  async #log(conversation: string): Promise<void> {
    const { place } = logPlace(conversation)
    const onEntry = (value: JsonObject) => this.#onEvent(conversation, value)
    const target = { path: join(this.#root, place), place, isWritten: this.#isOwned, onEntry }
    const found = await this.#tried(place, () => ifExists(examineLog(this.#fileSystem, target)))
    if (!found) return
    this.#files += 1
    for (const finding of found.findings) this.#findings.push(finding)
    this.#logs.set(conversation, new Set(found.seqs))
  }

  /** Replays the journal over what the files hold, in memory. */
  async #journal(): Promise<void> {
    const place = 'journal.jsonl'
    const bytes = await this.#read(place)
    if (!bytes) return
    const nothing = async () => undefined
    const medium = { place, read: async () => bytes, append: nothing, rollback: nothing, replace: nothing }
    const journal = new Journal({
      medium: { ...medium, keep: async () => '' },
      places: { apply: operations => this.#apply(operations), settle: nothing },
      confirm: nothing,
      toError: storageError,
      onRepair: repair => this.#journalDamage(repair),
      onFailure: nothing,
    })
    await journal.open()
  }

  #apply(operations: readonly EncodedOperation[]): void {
    this.#records += 1
    for (const { key, text } of operations) {
      if (key[0] !== LOGS || key.length !== 3) this.#documents.set(key, text)
      else this.#applyEvent(String(key[1]), Number(key[2]), text)
    }
  }

  #applyEvent(conversation: string, seq: number, text: string | undefined): void {
    const seqs = this.#logs.get(conversation) ?? new Set()
    this.#logs.set(conversation, seqs)
    if (text === undefined) seqs.delete(seq)
    else {
      seqs.add(seq)
      this.#onEvent(conversation, JSON.parse(text) as JsonObject)
    }
  }

  #journalDamage({ kind, place, line }: StorageRepair): void {
    const where = line === undefined ? {} : { line }
    if (kind === 'torn-tail') {
      if (this.#isOwned) return
      const message =
        'The journal ends in the middle of a record: whoever wrote it was stopped. It was never acknowledged.'
      const remedy = 'Opening moves the rest of the record to quarantine/.'
      this.#findings.push({ kind, place, ...where, isDamage: false, message, remedy })
    } else {
      const message =
        'The record does not have its checksum: it was altered. What it held is lost where no file holds it.'
      const remedy = 'Opening leaves it out and moves it to quarantine/.'
      this.#findings.push({ kind: 'bad-journal-record', place, ...where, isDamage: true, message, remedy })
    }
  }

  async #names(place: string): Promise<string[]> {
    const path = join(this.#root, place)
    return (await this.#tried(place, () => ifExists(this.#fileSystem.readdir(path)))) ?? []
  }

  async #read(place: string): Promise<Buffer | undefined> {
    const path = join(this.#root, place)
    const bytes = await this.#tried(place, () => at(path, () => ifExists(this.#fileSystem.readFile(path))))
    if (bytes) this.#files += 1
    return bytes
  }

  /** What cannot be read is a finding, and the others are looked at all the same. */
  async #tried<T>(place: string, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step()
    } catch (error) {
      const { message } = storageError(error)
      const remedy = 'Nothing is done about it.'
      this.#findings.push({ kind: 'unreadable', place, isDamage: true, message, remedy })
      return undefined
    }
  }
}

function examinedLog(conversation: string, seqs: ReadonlySet<number>): ExaminedLog {
  return { place: logPlace(conversation).place, seqs: [...seqs].sort((a, b) => a - b) }
}

function namesNoKey(place: string, name: string): Finding {
  return {
    kind: 'bad-document',
    place,
    isDamage: true,
    message: `The property ${JSON.stringify(name)} names no key: it was altered, and is not read.`,
    remedy: 'Opening leaves it out and keeps a copy of the file in quarantine/.',
  }
}
