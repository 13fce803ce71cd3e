/** Replays a conversation: one client for each speaker, all of them members of one group, line after line. */
import { join } from 'node:path'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMClient, type IMClientOptions } from '../../src/index.ts'
import { type ChatLine, speakers } from './chat-log.ts'

/** Where and how to replay. */
export interface ReplayOptions {
  readonly lines: readonly ChatLine[]
  /** The folder below which every client has its workspace. */
  readonly folder: string
  readonly url: string
  readonly client?: Partial<IMClientOptions>
  /** Called before each line, for instance to kill the server. */
  readonly beforeLine?: (index: number) => Promise<void> | void
}

/** What a replay came to. */
export interface ReplayCounts {
  sent: number
  /** Messages that reached a participant other than their sender. */
  delivered: number
  /** Events that came again and were dropped. */
  duplicates: number
  reconnects: number
}

/** A participant: who it is, and where its files are. */
export interface Participant {
  readonly name: string
  readonly workspace: string
  readonly client: IMClient
}

/** One conversation being replayed. */
export class Replay {
  readonly participants: readonly Participant[]
  readonly counts: ReplayCounts = { sent: 0, delivered: 0, duplicates: 0, reconnects: 0 }
  /** What clients complained of. */
  readonly errors: string[] = []
  readonly #options: ReplayOptions
  readonly #clients = new Map<string, IMClient>()
  readonly #stored = new Map<string, number>()
  readonly #complete: Promise<void>
  #missing: number
  #onComplete = () => {}
  #groupId = ''

  constructor(options: ReplayOptions) {
    const names = speakers(options.lines)
    this.#options = options
    this.#missing = names.length
    this.participants = names.map((name, index) => {
      const workspace = join(options.folder, String(index))
      return { name, workspace, client: this.#client(name, workspace) }
    })
    this.#complete = new Promise(resolve => {
      this.#onComplete = resolve
    })
  }

  get groupId(): string {
    return this.#groupId
  }

  /** Connects everybody, and makes the group with its real name. */
  async open(): Promise<void> {
    await Promise.all(this.participants.map(({ client }) => client.connect()))
    const [first] = this.participants
    const title = this.#options.lines[0]?.conversation ?? ''
    const members = this.participants.map(({ name }) => name)
    const group = await first?.client.createGroup({ title, members })
    this.#groupId = group?.conversationId ?? ''
  }

  /** Sends every line in its turn: the next when the server has accepted the one before. */
  async send(): Promise<void> {
    for (const [index, line] of this.#options.lines.entries()) {
      await this.#options.beforeLine?.(index)
      const { id } = await this.#say(line)
      await this.#clients.get(line.from)?.waitForStatus(id, 'accepted')
    }
  }

  /** Resolves when every line is stored at every participant. */
  async complete(): Promise<void> {
    await this.#complete
    for (const { client } of this.participants) this.counts.duplicates += (await client.stats()).duplicates
  }

  async close(): Promise<void> {
    await Promise.all(this.participants.map(({ client }) => client.close()))
  }

  async #say({ from, id, text, replyTo }: ChatLine) {
    const client = this.#clients.get(from)
    if (!client) throw new Error(`There is no client for ${from}.`)
    this.counts.sent += 1
    return client.sendMessage({ to: this.#groupId, id, text, ...(replyTo === undefined ? {} : { replyTo }) })
  }

  #client(name: string, workspace: string): IMClient {
    const { url, client: options } = this.#options
    const client = new IMClient({ storage: fsStorage(workspace), imServerUrl: url, agentId: name, ...options })
    this.#clients.set(name, client)
    let sessions = 0
    client.on('state', ({ name: state }) => {
      if (state === 'connected' && ++sessions > 1) this.counts.reconnects += 1
    })
    client.on('error', error => this.errors.push(`${name}: ${error.code} ${error.message}`))
    client.on('message', () => {
      this.counts.delivered += 1
      this.#storedOne(name)
    })
    client.on('status', ({ seq }) => seq !== undefined && this.#storedOne(name))
    return client
  }

  #storedOne(name: string): void {
    const stored = (this.#stored.get(name) ?? 0) + 1
    this.#stored.set(name, stored)
    if (stored !== this.#options.lines.length) return
    this.#missing -= 1
    if (this.#missing === 0) this.#onComplete()
  }
}
