/** The one door to the file system, so that a test can stand in it and let the n-th step fail. */

import { constants, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import * as promises from 'node:fs/promises'
import { hasCode } from './storage-error.ts'

export type { FileHandle }

/** The steps of `node:fs` that this adapter takes. Handles that `open` gives are used directly. */
export type FileSystem = Pick<
  typeof promises,
  | 'chmod'
  | 'link'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readFile'
  | 'readlink'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'stat'
  | 'utimes'
> & { readonly statSync: typeof statSync }

/** The real file system. */
export const nodeFileSystem: FileSystem = { ...promises, statSync }

/** Folders can be entered by their owner only. */
export const FOLDER_MODE = 0o700

/** Files can be read and written by their owner only. */
export const FILE_MODE = 0o600

/** A new file, open for appending. */
export const NEW_FILE = 'ax+'

const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_DSYNC } = constants

/** The same, of which each write is durable when it returns: one call of the system where there were two. */
export const NEW_FILE_WRITTEN_THROUGH = O_DSYNC ? O_APPEND | O_CREAT | O_EXCL | O_RDWR | O_DSYNC : NEW_FILE

/** Whether the system says that it writes a file through; not every system does, nor does every runtime ask it to. */
export async function isWrittenThrough(fileSystem: FileSystem, handle: FileHandle): Promise<boolean> {
  const facts = await fileSystem.readFile(`/proc/self/fdinfo/${handle.fd}`, 'utf8').catch(() => '')
  const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(facts)?.[1] ?? '0', 8)
  return (flags & O_DSYNC) !== 0
}

/** Writes all of the bytes. A short write that is no error is followed by one that is, on a full disk for instance. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
}

/** Gives `undefined` where the step found no file. */
export async function ifExists<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
