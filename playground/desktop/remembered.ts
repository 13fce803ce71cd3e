/** Which workspaces are signed in, the one that was used last first: they are opened again at the next start. */
import { readFile } from 'node:fs/promises'
import { writePrivately } from './private-file.ts'
import { isWorkspaceName } from './workspaces.ts'

/** Workspaces that are remembered, at most. */
const MOST = 20

/** See the head of this file. Changes are written one after the other; a failure to is none of the app. */
export class Remembered {
  readonly #path: string
  #names: readonly string[] = []
  #writing: Promise<void> = Promise.resolve()

  /** @param path of the file, whose folder is made where there is none */
  constructor(path: string) {
    this.#path = path
  }

  /** Reads the names; none where there is no such file, or it is something else. */
  async read(): Promise<readonly string[]> {
    try {
      const { open } = JSON.parse(await readFile(this.#path, 'utf8')) as { readonly open?: unknown }
      this.#names = Array.isArray(open) ? [...new Set(open.filter(isWorkspaceName))].slice(0, MOST) : []
    } catch {
      this.#names = [] // the first start, or somebody else's file
    }
    return this.#names
  }

  /** A workspace is being used. */
  use(workspace: string): void {
    if (this.#names[0] === workspace) return
    this.#set([workspace, ...this.#names.filter(name => name !== workspace)].slice(0, MOST))
  }

  /** A workspace is not to be opened again. */
  forget(workspace: string): void {
    if (this.#names.includes(workspace)) this.#set(this.#names.filter(name => name !== workspace))
  }

  /** Resolves when everything is written. */
  async written(): Promise<void> {
    await this.#writing
  }

  #set(names: readonly string[]): void {
    this.#names = names
    const write = () => writePrivately(this.#path, `${JSON.stringify({ open: names }, null, 2)}\n`)
    this.#writing = this.#writing.then(write).catch(() => {
      // the next start shows what there is to choose from
    })
  }
}
