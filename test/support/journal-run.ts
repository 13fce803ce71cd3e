/** A journal over a medium and places in memory, with a switch for each thing that can go wrong. */
import { IMError } from '../../src/errors.ts'
import type { Json } from '../../src/model/json.ts'
import type { Key, StorageRepair } from '../../src/storage/contract.ts'
import { Journal, type JournalMedium, type JournalPlaces } from '../../src/storage/journal.ts'
import type { EncodedOperation } from '../../src/storage/operation.ts'

/** A step that gives an entry of the collection `c` a value, or takes it away. */
export const step = (name: string, value: Json | undefined): EncodedOperation => ({
  key: ['c', name] as Key,
  name: JSON.stringify(['c', name]),
  text: value === undefined ? undefined : JSON.stringify(value),
})

/** A journal's bytes as a disk keeps them, with a switch for each thing that can go wrong. */
export class TestMedium implements JournalMedium {
  readonly place = 'journal'
  bytes: Uint8Array = new Uint8Array()
  readonly kept: string[] = []
  appends = 0
  /** Given the bytes of an append: what of them reaches the disk, and the error, if any. */
  onAppend: (bytes: Uint8Array) => { written: Uint8Array; error?: Error } = bytes => ({ written: bytes })
  onRollback: () => void = () => undefined
  onReplace: (text: string) => void = () => undefined
  #start = 0

  async read(): Promise<Uint8Array> {
    this.#start = this.bytes.length
    return this.bytes
  }

  async append(text: string): Promise<void> {
    this.appends += 1
    this.#start = this.bytes.length
    const { written, error } = this.onAppend(new TextEncoder().encode(text))
    this.bytes = Buffer.concat([this.bytes, written])
    if (error) throw error
  }

  async rollback(): Promise<void> {
    this.onRollback()
    this.bytes = this.bytes.slice(0, this.#start)
  }

  async replace(text: string): Promise<void> {
    this.onReplace(text)
    this.bytes = new TextEncoder().encode(text)
    this.#start = this.bytes.length
  }

  async keep(bytes: Uint8Array): Promise<string> {
    this.kept.push(new TextDecoder().decode(bytes))
    return `kept ${this.kept.length}`
  }
}

/** Places in memory, and what of them was settled. */
export class TestPlaces implements JournalPlaces {
  readonly texts = new Map<string, string>()
  settled = new Map<string, string>()
  settle: () => Promise<void> = async () => {
    this.settled = new Map(this.texts)
  }

  apply(operations: readonly EncodedOperation[]): void {
    for (const { key, text } of operations) {
      if (text === undefined) this.texts.delete(String(key[1]))
      else this.texts.set(String(key[1]), text)
    }
  }
}

/** A journal that is open, and what it has told. */
export interface JournalRun {
  readonly journal: Journal
  readonly places: TestPlaces
  readonly repairs: StorageRepair[]
  readonly failures: string[]
}

interface RunOptions {
  readonly settled?: ReadonlyMap<string, string>
  readonly confirm?: () => Promise<void>
  readonly checkpointLength?: number
}

/** Opens a journal. */
export async function run(medium: TestMedium, options: RunOptions = {}): Promise<JournalRun> {
  const places = new TestPlaces()
  for (const [name, text] of options.settled ?? []) places.texts.set(name, text)
  const repairs: StorageRepair[] = []
  const failures: string[] = []
  const journal = new Journal({
    medium,
    places,
    confirm: options.confirm ?? (async () => undefined),
    toError: cause => new IMError('STORAGE_IO', 'The medium failed.', { cause }),
    onRepair: repair => repairs.push(repair),
    onFailure: ({ code }) => failures.push(code),
    checkpointLength: options.checkpointLength,
  })
  await journal.open()
  return { journal, places, repairs, failures }
}
