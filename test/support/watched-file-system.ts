/** The real file system behind a door at which a test counts, and lets steps fail. */
import type { FileHandle } from 'node:fs/promises'
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
  /** May throw, before the step is taken. May give a number of bytes, after which a write ends short. */
  before: (step: FileStep) => number | undefined
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** A file system that tells a watch of every step. */
export function watchedFileSystem(): { readonly fileSystem: FileSystem; readonly watch: Watch } {
  const watch: Watch = { steps: [], bytesRead: 0, before: () => undefined }
  const tell = (name: string, path: string) => {
    const step = { name, path }
    watch.steps.push(step)
    return watch.before(step)
  }
  const fileSystem = new Proxy(nodeFileSystem, {
    get: (target, name: keyof FileSystem) => {
      const step = target[name] as (...parameters: unknown[]) => Promise<unknown>
      return async (...parameters: unknown[]) => {
        const path = String(parameters[name === 'rename' || name === 'link' ? 1 : 0])
        tell(name, path)
        const result = await step(...parameters)
        return name === 'open' ? watchedHandle(result as FileHandle, path, tell, watch) : result
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
        const limit = name === 'close' ? undefined : tell(String(name), path)
        const [bytes, ...rest] = parameters
        const short = limit !== undefined && bytes instanceof Uint8Array
        const result: unknown = await member.apply(target, short ? [bytes.subarray(0, limit), ...rest] : parameters)
        if (name === 'read') watch.bytesRead += (result as { bytesRead: number }).bytesRead
        return result
      }
    },
  })
}
