/** Who owns a workspace, and whether it still lives. */
import { join } from 'node:path'
import { type FileSystem, ifExists, nodeFileSystem } from './file-system.ts'
import { type Machine, thisMachine } from './machine.ts'

/** What `owner.lock` holds. */
export interface Owner {
  readonly pid: number
  readonly host: string
  /** Which boot of the host; empty where the system does not tell. */
  readonly bootId: string
  /** In which namespace the pid counts; empty where the system has none. */
  readonly pidNamespace: string
  /** When the process began, in the system's own terms; empty where the system does not tell. Tells a reused pid. */
  readonly startedAt: string
  /** Tells this claim from every other. */
  readonly nonce: string
  readonly since: string
}

/** The process that runs this on a machine, as the owner it would be. */
export async function thisProcess(fileSystem: FileSystem, machine: Machine, since: string): Promise<Owner> {
  const [boot, namespace, startedAt] = await Promise.all([
    ifReadable(fileSystem.readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    ifReadable(fileSystem.readlink('/proc/self/ns/pid')),
    processStart(fileSystem, machine.pid),
  ])
  return {
    pid: machine.pid,
    host: machine.host(),
    bootId: boot?.trim() ?? '',
    pidNamespace: namespace ?? '',
    startedAt: startedAt ?? '',
    nonce: machine.newNonce(),
    since,
  }
}

/** What can be said of an owner: that it lives, that it is gone, or nothing, as of a process on another machine. */
export type Verdict = 'alive' | 'gone' | 'unknown'

/** What an owner is judged by. */
export interface Judge {
  readonly self: Owner
  readonly fileSystem: FileSystem
  readonly machine: Machine
}

/** Judges an owner from a process on some machine. */
export async function judge(owner: Owner, { self, fileSystem, machine }: Judge): Promise<Verdict> {
  if (owner.host !== self.host) return 'unknown'
  if (owner.bootId !== self.bootId) return 'gone'
  if (owner.pidNamespace !== self.pidNamespace) return 'unknown'
  if (owner.startedAt === '' || self.startedAt === '') return machine.isRunning(owner.pid) ? 'unknown' : 'gone'
  return (await processStart(fileSystem, owner.pid)) === owner.startedAt ? 'alive' : 'gone'
}

/** Reads an owner from the text of a lock file; `undefined` where it is not one. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isOwner(value) ? value : undefined
  } catch {
    return undefined // torn or foreign; the caller judges the file by its age
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const fields = value as Record<string, unknown>
  const texts = ['host', 'bootId', 'pidNamespace', 'startedAt', 'nonce', 'since']
  return Number.isSafeInteger(fields['pid']) && texts.every(name => typeof fields[name] === 'string')
}

/** When a process began: field 22 of `/proc/<pid>/stat` (proc(5)); `undefined` where it does not run or cannot be seen. */
async function processStart(fileSystem: FileSystem, pid: number): Promise<string | undefined> {
  const stat = await ifReadable(fileSystem.readFile(`/proc/${pid}/stat`, 'utf8'))
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') // the name before may hold anything
  const ended = fields?.[0] === 'Z' || fields?.[0] === 'X' // waits for its parent to notice
  return ended ? undefined : fields?.[19]
}

async function ifReadable<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await ifExists(step)
  } catch {
    return undefined // not Linux, or hidden from us: the caller knows less, and says so
  }
}

/** The process that has a workspace, as far as its lock file tells and unless that process is gone. */
export async function ownerOf(
  workspacePath: string,
  folder = 'im_client',
): Promise<Pick<Owner, 'pid' | 'host' | 'since'> | undefined> {
  const [fileSystem, machine] = [nodeFileSystem, thisMachine]
  const text = await ifReadable(fileSystem.readFile(join(workspacePath, folder, 'owner.lock'), 'utf8'))
  const owner = text === undefined ? undefined : parseOwner(text)
  if (!owner) return undefined
  const self = await thisProcess(fileSystem, machine, owner.since)
  if ((await judge(owner, { self, fileSystem, machine })) === 'gone') return undefined
  const { pid, host, since } = owner
  return { pid, host, since }
}
