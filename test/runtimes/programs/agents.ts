/** The agents of one case: real clients, each over a storage of its own, at a server in another process. */
import { IMClient, type IMClientOptions, type Message } from 'im-client'
import type { ConformanceSubject, StoragePlace } from 'im-client/conformance'
import { NetworkControl } from './network-control.ts'

/** Where a conversation takes place. */
export interface Scene {
  /** The server's URL. */
  readonly url: string
  /** Where the network between is controlled. */
  readonly control: string
  /** Tells the accounts of this run from those of others at the same server. */
  readonly run: string
}

/** One account and its client. */
export interface Agent {
  readonly id: string
  readonly client: IMClient
  readonly place: StoragePlace
}

/** Short pauses: what is tested is that connections come back, not when. */
const BACKOFF = { baseMs: 20, capMs: 200 }

/** Makes agents for one case and ends them. */
export class Agents {
  readonly network: NetworkControl
  readonly #scene: Scene
  readonly #subject: ConformanceSubject
  readonly #case: number
  readonly #agents: Agent[] = []

  constructor(scene: Scene, subject: ConformanceSubject, number: number) {
    this.network = new NetworkControl(scene.control)
    this.#scene = scene
    this.#subject = subject
    this.#case = number
  }

  /** A new account with a client that is not connected yet. */
  async make(name: string, options: Partial<IMClientOptions> = {}): Promise<Agent> {
    const place = await this.#subject.create()
    return this.#keep(`${name}-${this.#case}-${this.#scene.run}`, place, options)
  }

  /** The same, connected. */
  async start(name: string, options: Partial<IMClientOptions> = {}): Promise<Agent> {
    const agent = await this.make(name, options)
    await agent.client.connect()
    return agent
  }

  /** Closes an agent's client and makes another over the same storage, as the next run of a program does. */
  async restart({ id, client, place }: Agent): Promise<Agent> {
    await client.close()
    return this.#keep(id, place, {})
  }

  async end(): Promise<void> {
    for (const { client } of this.#agents) await client.close()
    for (const place of new Set(this.#agents.map(agent => agent.place))) await place.dispose()
  }

  #keep(id: string, place: StoragePlace, options: Partial<IMClientOptions>): Agent {
    const { url } = this.#scene
    const storage = place.adapter()
    const client = new IMClient({ storage, agentId: id, imServerUrl: url, backoff: BACKOFF, ...options })
    const agent = { id, client, place }
    this.#agents.push(agent)
    return agent
  }
}

/** What an agent hears, in order. */
export class Heard {
  readonly texts: string[] = []
  readonly #waiting: { readonly text: string; readonly resolve: () => void }[] = []

  /** A handler that listens. */
  readonly listen = ({ text }: Message): void => {
    this.texts.push(text)
    for (const waiting of this.#waiting) if (waiting.text === text) waiting.resolve()
  }

  /** Resolves when a text was heard. */
  until(text: string): Promise<void> {
    if (this.texts.includes(text)) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push({ text, resolve }))
  }
}
