/**
 * The folder of a workspace: paths, temporary files, replacing a file in one step, and quarantine.
 * A place is a path relative to the folder, with `/` between its parts.
 */
import { createHash } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import type { Clock, StorageRepair } from '../../src/index.ts'
import {
  FILE_MODE,
  type FileHandle,
  type FileSystem,
  FOLDER_MODE,
  ifExists,
  NEW_FILE,
  writeAll,
} from './file-system.ts'
import { pause } from './pause.ts'
import { at, hasCode } from './storage-error.ts'

/** Beginning of the names of temporary files; they lie in the root, so that one listing finds what a crash left. */
const TEMPORARY = '.tmp-'

/** What opening and syncing a folder is refused with that nobody could have made for a workspace. */
const NOT_OURS = ['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP'] as const

/** Virus scanners and indexers on Windows hold a file open for moments, and a rename over it fails meanwhile. */
const RENAME_TRIES = 8
const RENAME_PAUSE_MS = 15

/** A new file that has no name of its own yet. */
export interface Temporary {
  readonly path: string
  readonly handle: FileHandle
}

/** What a {@link Folder} works with. */
export interface FolderOptions {
  readonly root: string
  readonly fileSystem: FileSystem
  readonly clock: Clock
  /** Tells this owner's temporary files from those of any other. */
  readonly nonce: string
  /** Rejects with `STORAGE_FENCED` where another owner has taken over. */
  readonly confirm: () => Promise<void>
  readonly onRepair: (repair: StorageRepair) => void
}

/** See the head of this file. Methods reject with the errors of the system. */
export class Folder {
  readonly root: string
  readonly fileSystem: FileSystem
  readonly clock: Clock
  /** Reports a repair. */
  readonly report: (repair: StorageRepair) => void
  readonly #nonce: string
  readonly #confirm: () => Promise<void>
  #temporaries = 0
  /** How often the sync of each folder has failed. */
  readonly #failedSyncs = new Map<string, number>()

  constructor({ root, fileSystem, clock, nonce, confirm, onRepair }: FolderOptions) {
    this.root = root
    this.fileSystem = fileSystem
    this.clock = clock
    this.report = onRepair
    this.#nonce = nonce
    this.#confirm = confirm
  }

  /** The path of a place. */
  path(place: string): string {
    return join(this.root, place)
  }

  /** Makes a folder where there is none, closed to others; its name is durable when this resolves. */
  async makeFolder(place: string): Promise<void> {
    const path = this.path(place)
    const first = await this.fileSystem.mkdir(path, { recursive: true, mode: FOLDER_MODE })
    if (!first) return
    const made: string[] = []
    for (let one = path; one.length >= first.length; one = dirname(one)) made.push(one)
    try {
      for (const one of made) await this.syncFolder(dirname(one))
    } catch (error) {
      // Taken away again, so that the next try makes them anew: names that exist already are not synced.
      for (const one of made) await this.fileSystem.rmdir(one).catch(() => undefined)
      throw error
    }
  }

  /**
   * Makes the name of the root durable, and those of the folders above it. It may have been made by a process that died, or
   * failed, before its name was synced: nobody can tell, and a sync of what is durable costs little.
   */
  async syncAbove(): Promise<void> {
    for (let above = dirname(this.root); ; above = dirname(above)) {
      try {
        await this.syncFolder(above)
      } catch (error) {
        if (!hasCode(error, ...NOT_OURS)) throw error
      }
      if (above === dirname(above)) return
    }
  }

  /** Names in a folder; none where there is no folder. */
  async names(place: string): Promise<string[]> {
    return (await ifExists(this.fileSystem.readdir(this.path(place)))) ?? []
  }

  /** The bytes of a file, or `undefined` where there is none. */
  async read(place: string): Promise<Buffer | undefined> {
    const path = this.path(place)
    return await at(path, () => ifExists(this.fileSystem.readFile(path)))
  }

  /** Takes away temporary files that a crash has left; a stale owner's rename of one then fails. */
  async sweep(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (name.startsWith(TEMPORARY)) await this.fileSystem.rm(this.path(name), { force: true })
    }
  }

  /** Replaces a file by text, durably. */
  async replace(place: string, content: string | Uint8Array): Promise<void> {
    const failures = this.failedSyncs(dirname(place))
    const handle = await this.replaceWith(place, file => writeAll(file, Buffer.from(content)))
    await handle.close()
    await this.syncFolder(dirname(place), failures)
  }

  /**
   * Replaces a file in one step: temporary file, fsync, rename. Gives the new file, open for appending; the caller syncs
   * the folder. When it rejects, the old file is as it was.
   */
  async replaceWith(
    place: string,
    write: (handle: FileHandle) => Promise<void>,
    flags: string | number = NEW_FILE,
  ): Promise<FileHandle> {
    return await at(this.path(place), async () => {
      const temporary = await this.prepare(write, flags)
      await this.install(temporary, place)
      return temporary.handle
    })
  }

  /** The first half of {@link replaceWith}: a temporary file, written and synced. */
  async prepare(write: (handle: FileHandle) => Promise<void>, flags: string | number = NEW_FILE): Promise<Temporary> {
    const path = this.path(`${TEMPORARY}${this.#nonce}-${++this.#temporaries}`)
    const temporary = { path, handle: await this.fileSystem.open(path, flags, FILE_MODE) }
    try {
      await write(temporary.handle)
      await temporary.handle.sync()
      return temporary
    } catch (error) {
      await this.#discard(temporary)
      throw error
    }
  }

  /**
   * The second half of {@link replaceWith}: gives a temporary file its name, if the claim stands. A successor takes the
   * claim before it sweeps: whenever this owner is suspended, its rename finds no file any more.
   */
  async install(temporary: Temporary, place: string): Promise<void> {
    try {
      await this.#confirm()
      await this.#rename(temporary.path, this.path(place))
    } catch (error) {
      await this.#discard(temporary)
      throw error
    }
  }

  /** How often the sync of a folder has failed: what {@link syncFolder} takes. */
  failedSyncs(place: string): number {
    return this.#failedSyncs.get(resolve(this.root, place)) ?? 0
  }

  /**
   * Makes the names in a folder durable that were changed since the sync of it had failed `failures` times. A failure is
   * told to one only of those who wait for a sync, and the next sync may succeed without the names.
   */
  async syncFolder(place: string, failures = this.failedSyncs(place)): Promise<void> {
    const path = resolve(this.root, place)
    try {
      await this.#syncNames(path)
    } catch (error) {
      this.#failedSyncs.set(path, this.failedSyncs(place) + 1)
      throw error
    }
    if (this.failedSyncs(place) > failures) throw Object.assign(new Error('a sync of the folder has failed'), { path })
  }

  async #syncNames(path: string): Promise<void> {
    try {
      const handle = await this.fileSystem.open(path, 'r')
      try {
        await at(path, () => handle.sync())
      } finally {
        await handle.close()
      }
    } catch (error) {
      // Windows opens no folders, and some systems sync none; on Linux every such error is real.
      if (process.platform === 'linux' || !hasCode(error, 'EPERM', 'EISDIR', 'EINVAL', 'EACCES')) throw error
    }
  }

  /** Keeps damaged bytes under a name made of their own content, so that the same damage is kept once. */
  async quarantine(place: string, bytes: Uint8Array): Promise<string> {
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    const kept = `quarantine/${place.replaceAll('/', '-')}.${digest}`
    if (await ifExists(this.fileSystem.stat(this.path(kept)))) return kept
    await this.makeFolder('quarantine')
    await this.replace(kept, bytes)
    return kept
  }

  /** Whoever discards a file tells why; what cannot be taken away now is swept at the next open. */
  async #discard({ path, handle }: Temporary): Promise<void> {
    await Promise.allSettled([handle.close(), this.fileSystem.rm(path, { force: true })])
  }

  async #rename(from: string, to: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.fileSystem.rename(from, to)
      } catch (error) {
        const passing = process.platform === 'win32' && hasCode(error, 'EPERM', 'EACCES', 'EBUSY')
        if (!passing || attempt === RENAME_TRIES) throw error
        await pause(this.clock, RENAME_PAUSE_MS * attempt)
      }
    }
  }
}
