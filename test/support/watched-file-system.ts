/** The real file system behind a door at which a test counts, and lets steps fail. */
import type { FileHandle } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { type FileSystem, nodeFileSystem } from '../../adapters/fs/file-system.ts'

/** One step: `open`, `rename`, … of the file system, `write`, `datasync`, … of a file. */
export interface FileStep {
  readonly name: string
  readonly path: string
}

/** What a {@link watchedFileSystem} has seen. */
export interface Watch {
  steps: FileStep[]
  bytesRead: number
  /** Whether syncs are really made; a test that cuts no power can do without. */
  syncs: boolean
  /** Steps under way. */
  running: number
  /** Files and folders that are open. */
  opened: number
  /** May throw, before the step is taken. May give a number of bytes, after which a write ends short. */
  before: (step: FileStep) => number | undefined
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** A file system that tells a watch of every step. */
export function watchedFileSystem(): { readonly fileSystem: FileSystem; readonly watch: Watch } {
  const watch: Watch = { steps: [], bytesRead: 0, syncs: true, running: 0, opened: 0, before: () => undefined }
  const tell = (name: string, path: string) => {
    const step = { name, path }
    watch.steps.push(step)
    return watch.before(step)
  }
  /** As the system does: an error of a step on a path names it, one of a step on an open file does not. */
  const tellNamed = (name: string, path: string) => {
    try {
      tell(name, path)
    } catch (error) {
      throw Object.assign(error as Error, { path })
    }
  }
  const fileSystem = new Proxy(nodeFileSystem, {
    get: (target, name: keyof FileSystem) => {
      const step = target[name] as (...parameters: unknown[]) => Promise<unknown>
      if (name === 'statSync') {
        return (...parameters: unknown[]) => {
          tellNamed(name, String(parameters[0]))
          return step(...parameters)
        }
      }
      return async (...parameters: unknown[]) => {
        const path = String(parameters[name === 'rename' || name === 'link' ? 1 : 0])
        tellNamed(name, path)
        const result = await counted(watch, step(...parameters))
        if (name !== 'open') return result
        watch.opened += 1
        return watchedHandle(result as FileHandle, path, tell, watch)
      }
    },
  })
  return { fileSystem, watch }
}

function watchedHandle(
  handle: FileHandle,
  path: string,
  tell: (name: string, path: string) => number | undefined,
  watch: Watch,
): FileHandle {
  return new Proxy(handle, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...parameters: unknown[]) => {
        if (name === 'close') watch.opened -= 1
        const limit = name === 'close' ? undefined : tell(String(name), path)
        const [bytes, ...rest] = parameters
        const short = limit !== undefined && bytes instanceof Uint8Array
        const given = short ? [bytes.subarray(0, limit), ...rest] : parameters
        const isSync = name === 'sync' || name === 'datasync'
        if (isSync && !watch.syncs) return undefined
        const result: unknown = await counted(watch, member.apply(target, given))
        if (name === 'read') watch.bytesRead += (result as { bytesRead: number }).bytesRead
        return result
      }
    },
  })
}

async function counted<T>(watch: Watch, step: Promise<T>): Promise<T> {
  watch.running += 1
  try {
    return await step
  } finally {
    watch.running -= 1
  }
}

/** Resolves when no step is under way, and what has ended causes no other. */
export async function quiet(watch: Watch): Promise<void> {
  for (let turns = 0; turns < 5; turns = watch.running === 0 ? turns + 1 : 0) await setImmediate()
}
