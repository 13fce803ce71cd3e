/** The journal as a file that is kept open. */
import { IMError, type JournalMedium } from '../../src/index.ts'
import { type FileHandle, isWrittenThrough, NEW_FILE, NEW_FILE_WRITTEN_THROUGH, writeAll } from './file-system.ts'
import type { Folder } from './folder.ts'

/**
 * A {@link JournalMedium} in `journal.jsonl`. Appends go to the file that this owner itself has put there, whatever its
 * name now leads to: once a successor has replaced the journal, a stale owner writes into a file that nobody reads.
 */
export class JournalFile implements JournalMedium {
  readonly place = 'journal.jsonl'
  readonly #folder: Folder
  readonly #sync: boolean
  #handle: FileHandle | undefined
  #length = 0
  /** Where the last append began. */
  #start = 0
  /** Whether what was written is durable without a sync. */
  #writtenThrough = false
  /** Whether the name of the open file is durable. Without it a power cut would bring back the journal before. */
  #named = true

  constructor(folder: Folder, { sync }: { readonly sync: boolean }) {
    this.#folder = folder
    this.#sync = sync
  }

  async read(): Promise<Uint8Array> {
    return (await this.#folder.read(this.place)) ?? new Uint8Array()
  }

  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    // A sync of the name that failed is not tried again, since it might succeed without a name: the file is put down anew.
    if (!this.#named) await this.replace((await this.read()).toString())
    const handle = this.#opened()
    this.#start = this.#length
    await writeAll(handle, bytes)
    if (this.#sync && !this.#writtenThrough) await handle.datasync()
    this.#length += bytes.length
  }

  async rollback(): Promise<void> {
    const handle = this.#opened()
    await handle.truncate(this.#start)
    await handle.datasync()
    this.#length = this.#start
  }

  async replace(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const former = this.#handle
    const failures = this.#folder.failedSyncs('.')
    const flags = this.#sync ? NEW_FILE_WRITTEN_THROUGH : NEW_FILE
    const handle = await this.#folder.replaceWith(this.place, file => writeAll(file, bytes), flags)
    this.#handle = handle
    this.#writtenThrough = await isWrittenThrough(this.#folder.fileSystem, handle)
    this.#length = bytes.length
    this.#start = bytes.length
    this.#named = false
    await former?.close()
    await this.#folder.syncFolder('.', failures)
    this.#named = true
  }

  keep(bytes: Uint8Array): Promise<string> {
    return this.#folder.quarantine(this.place, bytes)
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  #opened(): FileHandle {
    if (!this.#handle) throw new IMError('STORAGE_CLOSED', 'The journal is not open.')
    return this.#handle
  }
}
