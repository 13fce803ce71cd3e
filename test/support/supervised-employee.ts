/** A digital employee in a workspace folder, a server that lets `you` look at it, and raw sockets of pages. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { fsStorage } from '../../adapters/fs/index.ts'
import { type ServeOptions, serveIM, VIEW_SUBPROTOCOL } from '../../adapters/node/index.ts'
import { IMClient, IMError, memoryStorage, type Views } from '../../src/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Whose token is right: that of nobody but these two. */
const TOKENS: Readonly<Record<string, string>> = { you: 'your token', other: 'their token' }

/** What a page meets, and what a test looks at. */
export interface SupervisedEmployee {
  readonly url: string
  readonly path: string
  readonly views: Views
  /** The owner of the workspace, connected, with a queue and no worker. */
  readonly employee: IMClient
  /** Whatever the employee said was wrong. */
  readonly errors: IMError[]
}

/** Starts both. */
export async function superviseEmployee(options: Partial<ServeOptions> = {}): Promise<SupervisedEmployee> {
  const path = await temporaryFolder()
  const { views } = fsStorage(path)
  if (!views) throw new Error('A folder has no door on this system.')
  const served = await serveIM({
    storage: memoryStorage(),
    authenticator: {
      async authenticate({ agentId, token }) {
        if (agentId !== 'employee' && agentId !== 'client' && token !== TOKENS[agentId]) {
          throw new IMError('AUTH_FAILED', 'The token is wrong.')
        }
      },
    },
    supervision: {
      workspaces: new Map([['employee', views]]),
      maySee: (agentId, workspace) => agentId === 'you' && workspace === 'employee',
    },
    ...options,
  })
  onTestFinished(() => served.close())
  const employee = startEmployee(path, served.url)
  const errors: IMError[] = []
  employee.on('error', error => errors.push(error))
  await employee.connect()
  await listening(views)
  return { url: served.url, path, views, employee, errors }
}

/** A client may be connected before it lets views in. */
async function listening(views: Views): Promise<void> {
  for (;;) {
    const port = await views.connect({ onText: () => {}, onClose: () => {} })
    if (port) return port.close()
    await pause(10)
  }
}

/** An employee without a worker: its work waits. */
export function startEmployee(path: string, imServerUrl: string): IMClient {
  const employee = new IMClient({ storage: fsStorage(path), agentId: 'employee', queue: true, imServerUrl })
  onTestFinished(() => employee.close())
  return employee
}

/** Sends the employee messages, and resolves when they wait in its queue. */
export async function giveWork({ url, employee }: SupervisedEmployee, ...texts: readonly string[]): Promise<void> {
  const client = new IMClient({ storage: memoryStorage(), agentId: 'client', imServerUrl: url })
  const { pending } = await employee.stats()
  await client.connect()
  for (const text of texts) await client.sendMessage({ to: 'employee', text })
  while ((await employee.stats()).pending < pending + texts.length) await pause(10)
  await client.close()
}

/** A page that says what a test wants. */
export class RawPage {
  readonly socket: WebSocket
  readonly heard: { readonly [name: string]: unknown }[] = []
  closed: number | undefined
  readonly #listeners = new Set<() => void>()

  constructor(url: string, { workspace = 'employee', origin }: { workspace?: string; origin?: string } = {}) {
    const address = `${url.replace('http', 'ws')}/im/workspaces/${workspace}`
    this.socket = new WebSocket(address, VIEW_SUBPROTOCOL, origin === undefined ? {} : { origin })
    this.socket.on('error', () => {}) // a refusal is what some tests look for
    this.socket.on('message', data => this.#tell(() => this.heard.push(JSON.parse(String(data)))))
    this.socket.on('close', code => this.#tell(() => (this.closed = code)))
    onTestFinished(() => this.socket.terminate())
  }

  /** A page that has been let in, and has attached. */
  static async entered(url: string): Promise<RawPage> {
    const page = new RawPage(url)
    await page.authenticate({ agentId: 'you', token: 'your token' })
    await page.ask('attach', { version: 1, agentId: null })
    return page
  }

  async authenticate(params: unknown): Promise<unknown> {
    await once(this.socket, 'open')
    return await this.ask('authenticate', params)
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Calls, and gives the whole answer. */
  async ask(method: string, params: unknown): Promise<{ readonly [name: string]: unknown }> {
    const id = `t${this.heard.length}-${method}`
    this.send({ jsonrpc: '2.0', id, method, params })
    return await this.until(() => this.heard.find(frame => frame['id'] === id))
  }

  /** Resolves with the first value that there is. */
  async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      await new Promise<void>(resolve => this.#listeners.add(resolve))
    }
  }

  #tell(change: () => void): void {
    change()
    for (const listener of [...this.#listeners]) listener()
    this.#listeners.clear()
  }
}
