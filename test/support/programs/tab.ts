/** A page with one client that shares its workspace with the other tabs. Remembers what it was told, and when. */
import { indexedDBStorage } from '../../../adapters/indexeddb/index.ts'
import { IMClient, type IMClientOptions, type StorageAdapter } from '../../../src/index.ts'

/** How a tab is begun with. */
export interface TabStart {
  readonly name: string
  readonly agentId: string
  readonly imServerUrl: string
  readonly attach?: boolean
}

/** Something that happened, by the clock that all processes of the machine share. */
export interface Told {
  readonly name: string
  readonly at: number
}

/** What a test does with a tab. */
export class Tab {
  readonly states: Told[] = []
  readonly messages: Told[] = []
  readonly handled: string[] = []
  readonly errors: string[] = []
  /** What was told to be stored. */
  readonly accepted: string[] = []
  #opened = 0
  #closed = 0
  #client: IMClient | undefined

  get client(): IMClient {
    if (!this.#client) throw new Error('The tab was not begun with.')
    return this.#client
  }

  /** Opens the client and waits until it is connected. */
  async start({ name, attach = true, ...options }: TabStart): Promise<void> {
    this.make({
      storage: this.#counted(indexedDBStorage(name)),
      attach,
      backoff: { baseMs: 50, capMs: 500 },
      ...options,
    })
    await this.client.connect()
  }

  /** Makes the client of any storage. */
  make(options: IMClientOptions): void {
    const client = new IMClient(options)
    client.on('state', ({ name }) => this.states.push({ name, at: Date.now() }))
    client.on('message', ({ text }) => this.messages.push({ name: text, at: Date.now() }))
    client.on('error', ({ code, message }) => this.errors.push(`${code}: ${message}`))
    this.#client = client
  }

  /** Whether this tab has the storage open. */
  isOwner(): boolean {
    return this.#opened > this.#closed
  }

  /** Counts how often it is opened, and closed after that. */
  #counted(storage: StorageAdapter): StorageAdapter {
    const [open, close] = [storage.open.bind(storage), storage.close.bind(storage)]
    storage.open = async options => {
      await open(options)
      this.#opened += 1
    }
    storage.close = async () => {
      await close()
      this.#closed = this.#opened
    }
    return storage
  }

  /** Handles messages from now on. */
  handle(): void {
    this.client.onMessage(({ text }) => void this.handled.push(text))
  }

  /** Sends; gives the id once it is stored. */
  async send(to: string, text: string): Promise<string> {
    const { id } = await this.client.sendMessage({ to, text })
    return id
  }

  /** What the conversation with somebody holds. */
  async texts(contactId: string): Promise<string[]> {
    const messages = await this.client.getConversationHistory({ contactId, limit: 1000 })
    return messages.map(({ text }) => text)
  }

  /** Keeps the page busy. */
  block(milliseconds: number): void {
    const until = performance.now() + milliseconds
    while (performance.now() < until);
  }
}

declare global {
  var tab: Tab
}

globalThis.tab = new Tab()
