/** File systems of their own for tests, where this machine lets its user mount. Undone when the test ends, however it ends. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs a program of the system. @throws where it fails, with what it said */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { stdio: 'pipe', encoding: 'utf8' })
}

/** Mounts that are undone in reverse order. */
export class Mounts {
  readonly folder = mkdtempSync(join(tmpdir(), 'im-mounts-'))
  readonly #mounted: string[] = []

  /** Mounts at a new folder, and gives it. */
  mount(name: string, ...args: string[]): string {
    const path = join(this.folder, name)
    mkdirSync(path, { recursive: true })
    run('mount', ...args, path)
    this.#mounted.push(path)
    return path
  }

  /** Undoes one mount, or the last. */
  unmount(path = this.#mounted.at(-1) ?? ''): void {
    run('umount', path)
    this.#mounted.splice(this.#mounted.indexOf(path), 1)
  }

  /** Undoes everything. What is still in use is let go of as soon as it is not. */
  end(): void {
    for (const path of this.#mounted.splice(0).reverse()) run('umount', '--lazy', path)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Why nothing can be mounted here, or `undefined` where it can. */
export function whyNoMounts(): string | undefined {
  if (process.platform !== 'linux') return 'this is not Linux'
  if (process.getuid?.() !== 0) return 'only root may mount'
  const mounts = new Mounts()
  try {
    mounts.mount('try', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
    return undefined
  } catch (error) {
    return `mounting is refused: ${error instanceof Error ? error.message.split('\n')[1] : error}`
  } finally {
    mounts.end()
  }
}
