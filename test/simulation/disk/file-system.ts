/** The door through which one process sees a simulated disk, and what Linux tells of processes beside it. */
import { constants } from 'node:fs'
import type { FileHandle, FileSystem } from '../../../adapters/fs/file-system.ts'
import { systemError } from '../../support/watched-file-system.ts'
import type { Life } from '../engine/life.ts'
import type { Disk, DiskNode } from './disk.ts'
import type { DiskFaults } from './faults.ts'
import { fileHandle, type OpenMode } from './file-handle.ts'
import { type OnFault, type Operation, Operations } from './operations.ts'

/** What a door leads to. */
export interface DoorOptions {
  readonly disk: Disk
  readonly life: Life
  readonly faults: DiskFaults
  readonly onFault: OnFault
  /** Whether the system honours `O_DSYNC`, and says so. */
  readonly writesThrough: boolean
}

interface Flags extends OpenMode {
  readonly create: boolean
  readonly exclusive: boolean
}

/** A door, and the way to shut it when the process has ended. */
export interface Door {
  readonly fileSystem: FileSystem
  /** Lets happen what was under way, or a part of it, or nothing. */
  cutOff(): void
}

/** Opens a door. */
export function openDoor(options: DoorOptions): Door {
  const operations = new Operations(options.life, options.faults, options.onFault)
  const simulated = new SimulatedFileSystem(options, operations)
  return { fileSystem: simulated as unknown as FileSystem, cutOff: () => operations.cutOff() }
}

/** Steps of `node:fs/promises`, those that the adapter takes. */
class SimulatedFileSystem {
  readonly #options: DoorOptions
  readonly #operations: Operations
  readonly #through = new Map<number, boolean>()
  #lastFd = 2

  constructor(options: DoorOptions, operations: Operations) {
    this.#options = options
    this.#operations = operations
  }

  open(path: string, flags: string | number): Promise<FileHandle> {
    return this.#run({ name: 'open', path, effect: () => this.#open(path, parseFlags(flags)) })
  }

  readFile(path: string, encoding?: string): Promise<Uint8Array | string> {
    const effect = () => {
      const text = this.#systemText(path)
      const bytes = text === undefined ? this.#bytes(path) : Buffer.from(text)
      return encoding === undefined ? Buffer.from(bytes) : Buffer.from(bytes).toString()
    }
    return this.#run({ name: path.startsWith('/proc/') ? 'look' : 'readFile', path, effect })
  }

  readlink(path: string): Promise<string> {
    return this.#run({ name: 'look', path, effect: () => 'pid:[1]' })
  }

  readdir(path: string): Promise<string[]> {
    return this.#run({ name: 'readdir', path, effect: () => [...this.#folder(path).names.keys()] })
  }

  mkdir(path: string): Promise<string | undefined> {
    return this.#run({ name: 'mkdir', path, effect: () => this.#makeFolders(path) })
  }

  chmod(path: string): Promise<void> {
    return this.#run({ name: 'chmod', path, effect: () => void this.#disk.find(path) })
  }

  link(from: string, to: string): Promise<void> {
    const effect = () => {
      const node = this.#disk.find(from)
      if (this.#disk.look(to)) throw systemError('EEXIST')
      this.#disk.rename([{ ...this.#disk.slot(to), node }])
    }
    return this.#run({ name: 'link', path: to, effect })
  }

  rename(from: string, to: string): Promise<void> {
    const effect = () => {
      const node = this.#disk.find(from)
      this.#disk.rename([
        { ...this.#disk.slot(from), node: undefined },
        { ...this.#disk.slot(to), node },
      ])
    }
    return this.#run({ name: 'rename', path: to, effect })
  }

  rm(path: string, { force = false } = {}): Promise<void> {
    const effect = () => {
      if (this.#disk.look(path)) this.#disk.rename([{ ...this.#disk.slot(path), node: undefined }])
      else if (!force) throw systemError('ENOENT')
    }
    return this.#run({ name: 'rm', path, effect })
  }

  stat(path: string): Promise<object> {
    return this.#run({ name: 'stat', path, effect: () => factsOf(this.#disk.find(path)) })
  }

  utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    const effect = () => {
      this.#disk.find(path).modifiedMs = modified.getTime()
    }
    return this.#run({ name: 'utimes', path, effect })
  }

  statSync(path: string): object | undefined {
    const node = this.#disk.look(path)
    return node && factsOf(node)
  }

  get #disk(): Disk {
    return this.#options.disk
  }

  #run<T>(operation: Operation<T>): Promise<T> {
    return this.#operations.run(operation)
  }

  #open(path: string, { create, exclusive, ...mode }: Flags): FileHandle {
    const { clock } = this.#options.life
    const found = this.#disk.look(path)
    if (found && exclusive) throw systemError('EEXIST')
    if (!found && !create) throw systemError('ENOENT')
    const node = found ?? this.#disk.newFile(this.#disk.slot(path), clock.now())
    const fd = ++this.#lastFd
    const through = mode.through && this.#options.writesThrough
    this.#through.set(fd, through)
    return fileHandle({
      fd,
      path,
      node,
      mode: { ...mode, through },
      operations: this.#operations,
      chance: this.#options.life.chance.fork(`file ${fd}`),
      clock,
      syncFolder: folder => folder.kind === 'folder' && this.#disk.syncFolder(folder),
      onClose: () => void this.#through.delete(fd),
    })
  }

  #bytes(path: string): Uint8Array {
    const node = this.#disk.find(path)
    if (node.kind === 'folder') throw systemError('EISDIR')
    return node.content.seen
  }

  #folder(path: string) {
    const node = this.#disk.find(path)
    if (node.kind === 'file') throw systemError('ENOTDIR')
    return node
  }

  /** The first folder that had to be made. */
  #makeFolders(path: string): string | undefined {
    let first: string | undefined
    const parts = path.split('/').filter(part => part !== '')
    for (const [index] of parts.entries()) {
      const at = `/${parts.slice(0, index + 1).join('/')}`
      if (this.#disk.look(at)) continue
      this.#disk.newFolder(this.#disk.slot(at))
      first ??= at
    }
    return first
  }

  /** What Linux tells of processes and their files (proc(5)). */
  #systemText(path: string): string | undefined {
    if (!path.startsWith('/proc/')) return undefined
    const { life } = this.#options
    if (path.endsWith('/boot_id')) return `${life.host.name}-boot-${life.host.boots}\n`
    const fd = /fdinfo\/(\d+)$/.exec(path)?.[1]
    if (fd !== undefined) return `flags:\t${(this.#through.get(Number(fd)) ? constants.O_DSYNC : 0).toString(8)}\n`
    const pid = /^\/proc\/(\d+)\/stat$/.exec(path)?.[1]
    if (Number(pid) !== life.pid) throw systemError('ENOENT') // a machine of these runs one process at a time
    return `${pid} (node) R ${Array.from({ length: 18 }, () => 0).join(' ')} ${life.birthday} 0\n`
  }
}

function factsOf(node: DiskNode): object {
  return { ino: node.inode, mtimeMs: node.modifiedMs, size: node.kind === 'file' ? node.content.seen.length : 0 }
}

function parseFlags(flags: string | number): Flags {
  if (typeof flags === 'number') {
    const has = (flag: number) => (flags & flag) === flag
    const { O_CREAT, O_EXCL, O_APPEND, O_DSYNC } = constants
    return { create: has(O_CREAT), exclusive: has(O_EXCL), append: has(O_APPEND), through: has(O_DSYNC) }
  }
  const append = flags.startsWith('a')
  return { create: append || flags.startsWith('w'), exclusive: flags.includes('x'), append, through: false }
}
