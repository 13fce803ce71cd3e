/** Replays conversations: one client for each speaker, a group for each conversation, line after line. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMClient, type IMClientOptions, IMError } from '../../src/index.ts'
import { type ChatLine, speakers } from './chat-log.ts'

/** Where and how to replay. */
export interface ReplayOptions {
  /** Each with its lines in order. */
  readonly conversations: readonly (readonly ChatLine[])[]
  /** The folder below which every client has its workspace. */
  readonly folder: string
  readonly url: string
  readonly client?: Partial<IMClientOptions>
  /** Called before a line is sent, with how many were sent before; for instance to kill the server. */
  readonly beforeLine?: (sent: number) => Promise<void> | void
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

/** Somebody who says something, in one conversation or several. */
export interface Participant {
  readonly name: string
  readonly workspace: string
  readonly client: IMClient
  /** How many lines there will be in its workspace in the end. */
  readonly expected: number
}

/** Conversations being replayed. */
export class Replay {
  readonly participants: readonly Participant[]
  readonly counts: ReplayCounts = { sent: 0, delivered: 0, duplicates: 0, reconnects: 0 }
  /** What clients complained of. */
  readonly errors: string[] = []
  readonly #options: ReplayOptions
  readonly #clients: ReadonlyMap<string, IMClient>
  readonly #groups = new Map<string, string>()
  readonly #complete: Promise<void>
  #incomplete: number
  #onComplete = () => {}

  constructor(options: ReplayOptions) {
    const names = speakers(options.conversations.flat())
    this.#options = options
    this.#incomplete = names.length
    this.participants = names.map((name, index) => this.#participant(name, join(options.folder, String(index))))
    this.#clients = new Map(this.participants.map(({ name, client }) => [name, client]))
    this.#complete = new Promise(resolve => {
      this.#onComplete = resolve
    })
  }

  /** The group of a conversation. */
  groupOf([line]: readonly ChatLine[]): string {
    return this.#groups.get(line?.conversation ?? '') ?? ''
  }

  /** Connects everybody, and makes the groups with their real names. */
  async open(): Promise<void> {
    await Promise.all(this.participants.map(({ client }) => client.connect()))
    await Promise.all(this.#options.conversations.map(lines => this.#makeGroup(lines)))
  }

  /** Sends all lines, in each conversation the next one when the server has accepted the one before. */
  async send(): Promise<void> {
    await Promise.all(this.#options.conversations.map(lines => this.#sendAll(lines)))
  }

  /** Resolves when every line is stored at every participant. */
  async complete(): Promise<void> {
    await this.#complete
    for (const { client } of this.participants) this.counts.duplicates += (await client.stats()).duplicates
  }

  async close(): Promise<void> {
    await Promise.all(this.participants.map(({ client }) => client.close()))
  }

  async #makeGroup(lines: readonly ChatLine[]): Promise<void> {
    const members = speakers(lines)
    const title = lines[0]?.conversation ?? ''
    const founder = this.#clientOf(members[0] ?? '')
    const id = randomUUID() // the same at each try: the group is made once
    const group = await untilConnected(() => founder.createGroup({ id, title, members }))
    this.#groups.set(title, group.conversationId)
  }

  async #sendAll(lines: readonly ChatLine[]): Promise<void> {
    const to = this.groupOf(lines)
    for (const { from, id, text, replyTo } of lines) {
      await this.#options.beforeLine?.(this.counts.sent)
      this.counts.sent += 1
      const client = this.#clientOf(from)
      await client.sendMessage({ to, id, text, ...(replyTo === undefined ? {} : { replyTo }) })
      await client.waitForStatus(id, 'accepted')
    }
  }

  #clientOf(name: string): IMClient {
    const client = this.#clients.get(name)
    if (!client) throw new Error(`There is no client for ${name}.`)
    return client
  }

  #participant(name: string, workspace: string): Participant {
    const { url, conversations, client: options } = this.#options
    const client = new IMClient({ storage: fsStorage(workspace), imServerUrl: url, agentId: name, ...options })
    const own = conversations.filter(lines => lines.some(({ from }) => from === name))
    const expected = own.reduce((sum, lines) => sum + lines.length, 0)
    this.#count(name, client, expected)
    return { name, workspace, client, expected }
  }

  #count(name: string, client: IMClient, expected: number): void {
    let sessions = 0
    let stored = 0
    const storedOne = () => {
      stored += 1
      if (stored === expected && --this.#incomplete === 0) this.#onComplete()
    }
    client.on('state', state => {
      if (state.name === 'connected' && ++sessions > 1) this.counts.reconnects += 1
    })
    client.on('error', error => this.errors.push(`${name}: ${error.code} ${error.message}`))
    client.on('message', () => {
      this.counts.delivered += 1
      storedOne()
    })
    client.on('status', ({ seq }) => seq !== undefined && storedOne())
  }
}

/** Tries again what a lost connection has ended: a group is not made through the outbox. */
async function untilConnected<R>(task: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof IMError && error.retryable)) throw error
      await setTimeout(100)
    }
  }
}
