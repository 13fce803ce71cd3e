/** An open file of a simulated disk. */
import type { FileHandle } from '../../../adapters/fs/file-system.ts'
import type { Clock } from '../../../src/model/clock.ts'
import { systemError } from '../../support/watched-file-system.ts'
import type { Chance } from '../engine/chance.ts'
import type { DiskNode, FileNode } from './disk.ts'
import type { FaultKind } from './faults.ts'
import type { Operation, Operations } from './operations.ts'

/** How a file was opened. */
export interface OpenMode {
  readonly append: boolean
  /** Each write is durable when it returns. */
  readonly through: boolean
}

/** What an open file works with. */
export interface OpenFile {
  readonly fd: number
  readonly path: string
  readonly node: DiskNode
  readonly mode: OpenMode
  readonly operations: Operations
  readonly chance: Chance
  readonly clock: Clock
  /** Makes the names in a folder durable. */
  readonly syncFolder: (node: DiskNode) => void
  readonly onClose: () => void
}

/** The handle of an open file, with what this house uses of one. */
export function fileHandle(file: OpenFile): FileHandle {
  const { fd, path, node, operations, onClose } = file
  const run = <T>(operation: Omit<Operation<T>, 'path'>) => operations.run({ ...operation, path })
  const handle = {
    fd,
    read: (buffer: Uint8Array, offset: number, length: number, position: number) =>
      run({ name: 'read', effect: () => read(contentOf(node).content.seen, { buffer, offset, length, position }) }),
    write: (bytes: Uint8Array, offset = 0, length = bytes.length - offset, position?: number) =>
      run(writing(file, bytes.slice(offset, offset + length), position)),
    truncate: (size: number) => run({ name: 'truncate', effect: () => contentOf(node).content.truncate(size) }),
    sync: () => run(syncing(file, 'sync')),
    datasync: () => run(syncing(file, 'datasync')),
    stat: () => run({ name: 'stat', effect: () => ({ size: contentOf(node).content.seen.length }) }),
    close: () => run({ name: 'close', effect: onClose }),
  }
  return handle as unknown as FileHandle
}

interface Reading {
  readonly buffer: Uint8Array
  readonly offset: number
  readonly length: number
  readonly position: number
}

function read(seen: Uint8Array, { buffer, offset, length, position }: Reading): { bytesRead: number } {
  const found = seen.subarray(position, position + length)
  buffer.set(found, offset)
  return { bytesRead: found.length }
}

function writing(
  file: OpenFile,
  bytes: Uint8Array,
  position?: number,
): Omit<Operation<{ bytesWritten: number }>, 'path'> {
  const { node, mode, chance, clock } = file
  const write = (part: Uint8Array, through: boolean) => {
    const { content } = contentOf(node)
    content.write(position === undefined || mode.append ? content.seen.length : position, part, through)
    node.modifiedMs = clock.now()
    return { bytesWritten: part.length }
  }
  return {
    name: 'write',
    effect: () => write(bytes, mode.through),
    remains: () => void write(bytes.subarray(0, chance.integer(0, bytes.length)), false),
    faulty: kind => {
      if (kind === 'short' && bytes.length > 1)
        return write(bytes.subarray(0, chance.integer(1, bytes.length - 1)), mode.through)
      if (chance.happens(0.5)) write(bytes.subarray(0, chance.integer(0, bytes.length)), false)
      throw systemError(kind === 'short' ? 'ENOSPC' : kind)
    },
  }
}

function syncing({ node, syncFolder }: OpenFile, name: string): Omit<Operation<void>, 'path'> {
  return {
    name,
    effect: () => {
      if (node.kind === 'folder') syncFolder(node)
      else node.content.sync()
    },
    faulty: (_kind: FaultKind) => {
      if (node.kind === 'file') node.content.failSync()
      throw systemError('EIO')
    },
  }
}

function contentOf(node: DiskNode): FileNode {
  if (node.kind === 'folder') throw systemError('EISDIR')
  return node
}
