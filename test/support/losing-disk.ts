/**
 * The real file system on a disk that loses what it could not write, as Linux has it: after a sync that failed, what was
 * to be written counts as clean, and the next sync succeeds without it. Names are lost likewise where the sync of their
 * folder fails. Linux only: files are reached by the descriptors of their handles.
 */
import { constants, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type FileSystem, nodeFileSystem } from '../../adapters/fs/file-system.ts'
import { pathsBelow } from './workspace-check.ts'

interface Extent {
  readonly start: number
  readonly end: number
}

/** What of a file is on the disk, and what is still to get there. */
interface FileState {
  durable: Buffer
  dirty: Extent[]
}

/** What a name led to before it was changed; `undefined` for nothing. */
type Names = Map<string, Buffer | undefined>

/** See the head of this file. */
export class LosingDisk {
  readonly fileSystem: FileSystem
  /** Whether a sync fails: `sync` or `datasync` of a file or a folder, `write` to a file that is written through. */
  failsSync: (name: string, path: string) => boolean = () => false
  /** Whether what was lost is gone from the file at once, or only when the power is cut. */
  forgetsAtOnce = false
  readonly #files = new Map<number, FileState>()
  readonly #names = new Map<string, Names>()
  readonly #lostNames: Names = new Map()

  constructor() {
    this.fileSystem = {
      ...nodeFileSystem,
      open: (async (...parameters: Parameters<FileSystem['open']>) => this.#open(...parameters)) as FileSystem['open'],
      rename: async (from, to) => {
        this.#change(String(to))
        await nodeFileSystem.rename(from, to)
      },
    }
  }

  /** What is below a folder becomes what a power cut leaves of it. */
  async cutPower(folder: string): Promise<void> {
    for (const path of await pathsBelow(folder)) {
      const state = this.#files.get(statSync(path).ino)
      if (state) writeFileSync(path, state.durable)
    }
    const changed = [...this.#names.values()].flatMap(names => [...names])
    for (const [path, before] of [...changed, ...this.#lostNames]) {
      if (before) writeFileSync(path, before)
      else rmSync(path, { force: true })
    }
    this.#files.clear()
    this.#names.clear()
    this.#lostNames.clear()
  }

  async #open(...parameters: Parameters<FileSystem['open']>): Promise<FileHandle> {
    const path = resolve(String(parameters[0]))
    const isNew = !existsSync(path)
    if (isNew) this.#change(path)
    const handle = await nodeFileSystem.open(...parameters)
    const { ino } = statSync(path)
    if (statSync(path).isDirectory()) return this.#folderHandle(handle, path)
    if (isNew || !this.#files.has(ino)) this.#files.set(ino, { durable: contentOf(handle), dirty: [] })
    const flags = parameters[1]
    const writtenThrough = typeof flags === 'number' && (flags & constants.O_DSYNC) !== 0
    return this.#fileHandle(handle, { path, state: this.#files.get(ino) as FileState, writtenThrough })
  }

  #fileHandle(
    handle: FileHandle,
    { path, state, writtenThrough }: { path: string; state: FileState; writtenThrough: boolean },
  ): FileHandle {
    const sync = async (name: string) => {
      if (this.failsSync(name, path)) this.#lose(handle, state)
      keep(contentOf(handle), state)
    }
    const write = async (bytes: Uint8Array, offset?: number, length?: number, position?: number | null) => {
      const start = position ?? contentOf(handle).length
      const result = await handle.write(bytes, offset, length, position)
      state.dirty.push({ start, end: start + result.bytesWritten })
      if (writtenThrough) await sync('write')
      return result
    }
    return standIn(handle, { write, sync: () => sync('sync'), datasync: () => sync('datasync') })
  }

  #folderHandle(handle: FileHandle, path: string): FileHandle {
    const sync = async () => {
      const names = this.#names.get(path) ?? new Map()
      this.#names.delete(path)
      const failed = this.failsSync('sync', path)
      for (const [name, before] of names) {
        if (failed) this.#lostNames.set(name, before)
        else this.#lostNames.delete(name)
      }
      if (failed) throw failure()
    }
    return standIn(handle, { sync, datasync: sync })
  }

  #lose(handle: FileHandle, state: FileState): never {
    state.dirty = []
    if (this.forgetsAtOnce) {
      truncateSync(descriptor(handle), 0)
      writeFileSync(descriptor(handle), state.durable)
    }
    throw failure()
  }

  /** Notes what a name leads to on the disk, before it is changed. */
  #change(path: string): void {
    const names = this.#names.get(dirname(path)) ?? new Map<string, Buffer | undefined>()
    this.#names.set(dirname(path), names)
    if (names.has(path)) return
    const lost = this.#lostNames.has(path)
    names.set(path, lost ? this.#lostNames.get(path) : this.#durableAt(path))
  }

  #durableAt(path: string): Buffer | undefined {
    if (!existsSync(path)) return undefined
    return this.#files.get(statSync(path).ino)?.durable ?? readFileSync(path)
  }
}

/** What was written since the last sync, and nothing else, comes to the disk. */
function keep(content: Buffer, state: FileState): void {
  const length = Math.min(content.length, Math.max(state.durable.length, ...state.dirty.map(({ end }) => end)))
  const durable = Buffer.alloc(length)
  state.durable.copy(durable)
  for (const { start, end } of state.dirty) content.copy(durable, start, start, end)
  state.durable = durable
  state.dirty = []
}

function contentOf(handle: FileHandle): Buffer {
  return readFileSync(descriptor(handle))
}

function descriptor({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`
}

function failure(): Error {
  return Object.assign(new Error('EIO: i/o error, injected'), { code: 'EIO' })
}

function standIn(handle: FileHandle, methods: Partial<Record<string, unknown>>): FileHandle {
  return new Proxy(handle, {
    get: (target, name) => {
      const member: unknown = methods[String(name)] ?? Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
