/**
 * A disk with files in folders, as programs see it and as it is after a power loss. Names are durable when their folder was
 * synced; until then a power loss keeps or drops each change of them for itself, a rename whole.
 */
import { systemError } from '../../support/watched-file-system.ts'
import type { Chance } from '../engine/chance.ts'
import { Content, type PowerLoss } from './content.ts'

/** A file, whatever its names. */
export interface FileNode {
  readonly kind: 'file'
  readonly inode: number
  readonly content: Content
  modifiedMs: number
}

/** A folder: names as they are seen, and as they are durable. */
export interface FolderNode {
  readonly kind: 'folder'
  readonly inode: number
  readonly names: Map<string, DiskNode>
  readonly durable: Map<string, DiskNode>
  modifiedMs: number
}

export type DiskNode = FileNode | FolderNode

/** Where a name is, or would be. */
export interface Slot {
  readonly folder: FolderNode
  readonly name: string
}

interface Renaming extends Slot {
  readonly node: DiskNode | undefined
}

/** See the head of this file. Steps take effect at once; they throw the errors of the system. */
export class Disk {
  readonly root: FolderNode
  #inodes = 1
  /** Changes of names that are not durable yet, each one whole or not at all. */
  #unsynced: Renaming[][] = []

  constructor() {
    this.root = this.#folder()
  }

  /** @throws `ENOENT` */
  find(path: string): DiskNode {
    const node = this.look(path)
    if (!node) throw systemError('ENOENT')
    return node
  }

  /** What is at a path, if anything is. */
  look(path: string): DiskNode | undefined {
    return follow(this.root, path, folder => folder.names)
  }

  /** @throws `ENOENT` where the folder is missing */
  slot(path: string): Slot {
    const parts = path.split('/').filter(part => part !== '')
    const name = parts.pop() ?? ''
    const folder = this.find(parts.join('/'))
    if (folder.kind !== 'folder') throw systemError('ENOTDIR')
    return { folder, name }
  }

  newFile(slot: Slot, now: number): FileNode {
    const node: FileNode = { kind: 'file', inode: ++this.#inodes, content: new Content(), modifiedMs: now }
    this.rename([{ ...slot, node }])
    return node
  }

  newFolder(slot: Slot): void {
    this.rename([{ ...slot, node: this.#folder() }])
  }

  /** Changes names, all of them in one step. */
  rename(changes: Renaming[]): void {
    for (const change of changes) set(change.folder.names, change)
    this.#unsynced.push(changes)
  }

  /** Makes the names in a folder durable, and what happened before to the names that change with them. */
  syncFolder(folder: FolderNode): void {
    const durable: Renaming[][] = []
    const isConcerned = (change: Renaming) =>
      change.folder === folder || durable.flat().some(other => isSameSlot(change, other))
    for (const changes of this.#unsynced.toReversed()) if (changes.some(isConcerned)) durable.unshift(changes)
    for (const change of durable.flat()) set(change.folder.durable, change)
    this.#unsynced = this.#unsynced.filter(changes => !durable.includes(changes))
  }

  /** The power is gone. */
  losePower(chance: Chance): void {
    const how = chance.pick<PowerLoss>(['keeps', 'drops', 'tears', 'tears', 'tears'])
    for (const changes of this.#unsynced) {
      const kept = how === 'keeps' || (how === 'tears' && chance.happens(0.5))
      if (kept) for (const change of changes) set(change.folder.durable, change)
    }
    this.#unsynced = []
    settle(this.root, how, chance)
  }

  #folder(): FolderNode {
    return { kind: 'folder', inode: ++this.#inodes, names: new Map(), durable: new Map(), modifiedMs: 0 }
  }
}

/** Files below a path with their bytes. `durable`: as a power loss would leave them now that drops what it can. */
export function* filesOf(disk: Disk, path: string, durable: boolean): Generator<[path: string, bytes: Uint8Array]> {
  const node = follow(disk.root, path, folder => (durable ? folder.durable : folder.names))
  if (node?.kind === 'folder') yield* filesBelow(node, path, durable)
}

function* filesBelow(folder: FolderNode, path: string, durable: boolean): Generator<[string, Uint8Array]> {
  for (const [name, node] of durable ? folder.durable : folder.names) {
    const at = `${path}/${name}`
    if (node.kind === 'folder') yield* filesBelow(node, at, durable)
    else yield [at, durable ? node.content.durable : node.content.seen]
  }
}

function follow(
  root: FolderNode,
  path: string,
  namesOf: (folder: FolderNode) => Map<string, DiskNode>,
): DiskNode | undefined {
  let node: DiskNode | undefined = root
  for (const part of path.split('/')) {
    if (part === '') continue
    node = node?.kind === 'folder' ? namesOf(node).get(part) : undefined
  }
  return node
}

function isSameSlot(a: Slot, b: Slot): boolean {
  return a.folder === b.folder && a.name === b.name
}

function set(names: Map<string, DiskNode>, { name, node }: Renaming): void {
  if (node) names.set(name, node)
  else names.delete(name)
}

/** What is durable is all that is left. */
function settle(folder: FolderNode, how: PowerLoss, chance: Chance): void {
  folder.names.clear()
  for (const [name, node] of folder.durable) {
    folder.names.set(name, node)
    if (node.kind === 'folder') settle(node, how, chance)
    else node.content.losePower(how, chance)
  }
}
