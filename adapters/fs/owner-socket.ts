/**
 * Where views meet the owner of a workspace: the socket `owner.sock` in its folder, which nobody else can enter; on Windows
 * a named pipe.
 */
import { createHash, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IMError, type Port, type PortEvents, type Views } from '../../src/index.ts'
import { FILE_MODE, type FileSystem } from './file-system.ts'
import { type Door, knock, openDoor } from './local-socket.ts'
import { hasCode, storageError } from './storage-error.ts'

/** The longest path of a socket in bytes, on the systems with the shortest: `sun_path` of unix(7), without its end. */
const MAX_PATH = 103

const NAME = 'owner.sock'

/** What an {@link OwnerSocket} works with. */
export interface OwnerSocketOptions {
  readonly root: string
  readonly fileSystem: FileSystem
  /** Rejects with `STORAGE_FENCED` where another owner has taken over. */
  readonly confirm: () => Promise<void>
  readonly platform?: NodeJS.Platform
}

/** See the head of this file. */
export class OwnerSocket implements Views {
  readonly #options: OwnerSocketOptions
  readonly #platform: NodeJS.Platform

  constructor(options: OwnerSocketOptions) {
    this.#options = options
    this.#platform = options.platform ?? process.platform
  }

  async listen(accept: (port: Port) => PortEvents): Promise<() => Promise<void>> {
    try {
      const door = this.#platform === 'win32' ? await openDoor(this.#pipe(), accept) : await this.#open(accept)
      return () => this.#close(door)
    } catch (error) {
      throw storageError(error, join(this.#options.root, NAME))
    }
  }

  async connect(events: PortEvents): Promise<Port | undefined> {
    try {
      if (this.#platform === 'win32') return await knock(this.#pipe(), events)
      return await this.#within(folder => knock(`${folder}/${NAME}`, events))
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined // no folder, and so nobody's
      if (hasCode(error, 'EAGAIN')) throw new IMError('STORAGE_LOCKED', 'The owner of the workspace is busy.')
      throw storageError(error, join(this.#options.root, NAME))
    }
  }

  /**
   * The socket gets its name when it listens, and under the claim: a name always leads to the newest owner. What closing
   * it removes is the name that it had at first, so that a former owner takes nothing away from the present one.
   */
  #open(accept: (port: Port) => PortEvents): Promise<Door> {
    const { fileSystem, confirm } = this.#options
    return this.#within(async folder => {
      const temporary = `${folder}/.tmp-${randomUUID().slice(0, 8)}`
      const door = await openDoor(temporary, accept)
      try {
        await fileSystem.chmod(temporary, FILE_MODE)
        await confirm()
        await fileSystem.rename(temporary, `${folder}/${NAME}`)
        return door
      } catch (error) {
        await door.close()
        throw error
      }
    })
  }

  async #close(door: Door): Promise<void> {
    await door.close()
    if (this.#platform === 'win32') return
    try {
      await this.#options.confirm()
      await this.#within(folder => this.#options.fileSystem.rm(`${folder}/${NAME}`, { force: true }))
    } catch {
      // It is another owner's by now, or stays behind: whoever connects to it is refused.
    }
  }

  /** Runs a step with a path of the folder that is short enough for a socket in it. */
  async #within<T>(step: (folder: string) => Promise<T>): Promise<T> {
    const { root, fileSystem } = this.#options
    if (Buffer.byteLength(`${root}/.tmp-12345678`) <= MAX_PATH) return step(root)
    if (this.#platform !== 'linux') return step(await this.#shortFolder())
    const handle = await fileSystem.open(root, 'r')
    try {
      return await step(`/proc/self/fd/${handle.fd}`) // proc(5): as the folder itself, however long its path
    } finally {
      await handle.close()
    }
  }

  /** A folder of this user's own for sockets of folders that lie too deep. */
  async #shortFolder(): Promise<string> {
    const folder = join(tmpdir(), `im-client-${process.getuid?.() ?? ''}-${this.#digest()}`)
    await this.#options.fileSystem.mkdir(folder, { recursive: true, mode: 0o700 })
    await this.#options.fileSystem.chmod(folder, 0o700) // fails where somebody else has made it
    return folder
  }

  #pipe(): string {
    return `\\\\.\\pipe\\im-client-view-${this.#digest()}`
  }

  #digest(): string {
    return createHash('sha256').update(this.#options.root).digest('hex').slice(0, 24)
  }
}
