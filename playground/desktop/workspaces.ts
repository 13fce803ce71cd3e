/**
 * The workspaces of this machine: folders that hold an `im_client`, each of one account at one server. What their files say is
 * read leniently, and never trusted to be a path.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from 'im-client'
import type { Account, LocalWorkspace } from './bridge.ts'

/** The name of a folder, and no way out of the folder that it is in. */
const NAME = /^[\w@-][\w.@-]{0,127}$/

/** Workspaces that are listed, at most. */
const MOST_LISTED = 200

/** Whether a text can name a workspace. */
export function isWorkspaceName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value)
}

/** Whether a text is the plain address of a server: no password, no query. */
export function isServer(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 2000 || !URL.canParse(value)) return false
  const url = new URL(value)
  return /^(http|ws)s?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
}

/** Whether both are the same account at the same server. */
export function isSameAccount(a: Account, b: Account): boolean {
  return a.agentId === b.agentId && addressOf(a.server) === addressOf(b.server)
}

/** See the head of this file. */
export class Workspaces {
  readonly #root: string
  /** Their files name their account a moment after they were opened. */
  readonly #named: LocalWorkspace[] = []

  /** @param root the folder that holds them, `~/.gateway/workspaces` */
  constructor(root: string) {
    this.#root = root
  }

  /** The folder of a workspace. @throws TypeError for what is no name */
  folder(workspace: string): string {
    if (!isWorkspaceName(workspace)) throw new TypeError('This is not the name of a workspace.')
    return join(this.#root, workspace)
  }

  /** Those that say whose they are, by their names. */
  async list(): Promise<LocalWorkspace[]> {
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => [])
    const names = entries.filter(entry => entry.isDirectory() && isWorkspaceName(entry.name)).map(({ name }) => name)
    const found = await Promise.all(
      names
        .sort()
        .slice(0, MOST_LISTED)
        .map(name => this.find(name)),
    )
    return found.filter(workspace => workspace !== undefined)
  }

  /** A workspace; `undefined` where there is none of this name, or its files do not say whose it is. */
  async find(workspace: string): Promise<LocalWorkspace | undefined> {
    const { agentId, imServerUrl } = await this.#config(workspace)
    if (!isId(agentId) || !isServer(imServerUrl)) return undefined
    return { workspace, agentId, server: imServerUrl }
  }

  /** The name of an account's workspace: the one that it has, or one for a new folder. */
  async nameFor(account: Account): Promise<string> {
    const own = [...this.#named, ...(await this.list())].find(workspace => isSameAccount(workspace, account))
    if (own) return own.workspace
    const workspace = await this.#newName(account)
    this.#named.push({ workspace, ...account })
    return workspace
  }

  /** A folder that says nothing, yet or any more, is the account's own: what is wrong with it is told where it is opened. */
  async #newName({ agentId, server }: Account): Promise<string> {
    if (isWorkspaceName(agentId)) {
      const { agentId: owner, imServerUrl } = await this.#config(agentId)
      if ((owner ?? agentId) === agentId && imServerUrl === undefined) return agentId
    }
    const hash = createHash('sha256')
      .update(`${agentId}\n${addressOf(server)}`)
      .digest('hex')
      .slice(0, 12)
    const word = agentId.replaceAll(/[^\w@-]+/g, '-').slice(0, 60)
    return isWorkspaceName(word) ? `${word}-${hash}` : hash
  }

  async #config(workspace: string): Promise<Readonly<Record<string, unknown>>> {
    const path = join(this.folder(workspace), 'im_client', 'config.json')
    return propertiesOf(await readFile(path, 'utf8').catch(() => ''))
  }
}

function addressOf(server: string): string {
  const url = new URL(server)
  return `${url.protocol.replace('ws', 'http')}//${url.host}${url.pathname.replace(/\/$/, '')}`
}

function propertiesOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {} // being written by hand, or damaged: its owner will say so
  }
}
