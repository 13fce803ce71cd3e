/**
 * A claim that the kernel gives back by itself when its process ends: a name of which only one process can be the listener.
 * On Linux an abstract socket (unix(7)), on Windows a named pipe; other systems have no such names. It reaches as far as
 * the network namespace, so that `owner.lock` stays what decides.
 */
import { createHash } from 'node:crypto'
import { type Door, holdAddress } from './local-socket.ts'
import { hasCode } from './storage-error.ts'

/** What tells a folder from every other on this machine, however its path is written. */
export interface FolderIdentity {
  readonly dev: number | bigint
  readonly ino: number | bigint
}

/** Claims a folder. Gives `'taken'` where another process has it, `undefined` where the system has no such claims. */
export async function holdFolder({ dev, ino }: FolderIdentity): Promise<Door | 'taken' | undefined> {
  const prefix = PREFIXES[process.platform]
  if (prefix === undefined) return undefined
  const digest = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32)
  try {
    return (await holdAddress(`${prefix}im-client-${digest}`)) ?? 'taken'
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EAFNOSUPPORT', 'ENOENT')) return undefined // a runtime or a sandbox without
    throw error
  }
}

const PREFIXES: Partial<Record<NodeJS.Platform, string>> = { linux: '\0', win32: '\\\\.\\pipe\\' }
