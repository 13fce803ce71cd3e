/**
 * The tokens of the accounts that are open: in memory, and for the next start in files that only the user's own system can
 * decrypt. Where it cannot, nothing is kept, and the next start asks again. A token is never written in the clear.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalWorkspace } from './bridge.ts'
import { writePrivately } from './private-file.ts'
import { isWorkspaceName } from './workspaces.ts'

/** Of Electron's `safeStorage`, what is used. */
export interface Encryption {
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(encrypted: Buffer): string
  /** On Linux only. */
  getSelectedStorageBackend?(): string
}

/** What {@link TokenSafe} works with. */
export interface TokenSafeOptions {
  readonly folder: string
  readonly encryption: Encryption
}

/** What Linux falls back to where it has no keyring: a password that is the same everywhere. */
const NO_SECRETS: readonly string[] = ['basic_text', 'unknown']

/** See the head of this file. */
export class TokenSafe {
  readonly #options: TokenSafeOptions
  readonly #tokens = new Map<string, string>()

  constructor(options: TokenSafeOptions) {
    this.#options = options
  }

  /** Whether the next start will know the tokens. */
  get isLasting(): boolean {
    const { encryption } = this.#options
    const backend = encryption.getSelectedStorageBackend?.()
    return encryption.isEncryptionAvailable() && !(backend !== undefined && NO_SECRETS.includes(backend))
  }

  /** The token of a workspace; an empty text where none is known for this account at this server. */
  async get(workspace: LocalWorkspace): Promise<string> {
    const known = this.#tokens.get(keyOf(workspace))
    if (known !== undefined) return known
    const token = await this.#read(workspace)
    this.#tokens.set(keyOf(workspace), token)
    return token
  }

  /** Keeps a token. */
  async set(workspace: LocalWorkspace, token: string): Promise<void> {
    this.#tokens.set(keyOf(workspace), token)
    try {
      await this.#remove(workspace) // an older one would be taken for it
      if (!this.isLasting) return
      const encrypted = this.#options.encryption.encryptString(JSON.stringify([keyOf(workspace), token]))
      await writePrivately(this.#path(workspace), encrypted)
    } catch {
      // the next start asks again
    }
  }

  /** Forgets it. */
  async delete(workspace: LocalWorkspace): Promise<void> {
    this.#tokens.delete(keyOf(workspace))
    await this.#remove(workspace)
  }

  /** A folder may have come to belong to another account, or to name another server: they get nobody else's token. */
  async #read(workspace: LocalWorkspace): Promise<string> {
    if (!this.isLasting) return ''
    try {
      const text = this.#options.encryption.decryptString(await readFile(this.#path(workspace)))
      const [key, token] = JSON.parse(text) as readonly unknown[]
      return key === keyOf(workspace) && typeof token === 'string' ? token : ''
    } catch {
      return '' // none was kept, or it was another user who did
    }
  }

  async #remove(workspace: LocalWorkspace): Promise<void> {
    await rm(this.#path(workspace), { force: true })
  }

  #path({ workspace }: LocalWorkspace): string {
    if (!isWorkspaceName(workspace)) throw new TypeError('This is not the name of a workspace.')
    return join(this.#options.folder, `${workspace}.token`)
  }
}

function keyOf({ workspace, agentId, server }: LocalWorkspace): string {
  return JSON.stringify([workspace, agentId, server])
}
