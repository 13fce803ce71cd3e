/**
 * A workspace that the main process has open for its windows: as its owner, or, where an agent runs there, as a view beside
 * it. Windows reach whoever owns it by the same door as the app.
 */
import { type Clock, IMClient, type Message, type Port, type PortEvents, type StorageAdapter } from 'im-client'
import type { LocalWorkspace } from './bridge.ts'

/** What {@link Desk.open} works with. */
export interface DeskOptions {
  readonly at: LocalWorkspace
  readonly storage: StorageAdapter
  /** The token; an empty text for none. */
  readonly token: () => Promise<string>
  readonly events: DeskEvents
  readonly clock?: Clock
  /** Called with the client while it is open; what it gives is called at the end. */
  readonly attend?: (client: IMClient) => () => void
}

/** What is told of a workspace. */
export interface DeskEvents {
  /** A message of somebody else has arrived, in a conversation of this name. */
  onArrival(desk: Desk, message: Message, name: string): void
  /** How many messages of which conversations are unread; those that are not named have none. */
  onUnread(desk: Desk, counts: ReadonlyMap<string, number>): void
}

/** See the head of this file. */
export class Desk {
  readonly at: LocalWorkspace
  readonly #client: IMClient
  readonly #options: DeskOptions
  #isCounting = false
  #countAgain = false
  #unattend: () => void = () => {}

  private constructor(options: DeskOptions) {
    const { at, storage, token, clock } = options
    this.at = at
    this.#options = options
    const { agentId, server: imServerUrl } = at
    this.#client = new IMClient({ storage, attach: true, agentId, imServerUrl, token, ...(clock && { clock }) })
  }

  /** Opens the workspace, then connects for as long as it is open. @throws IMError why it cannot be opened */
  static async open(options: DeskOptions): Promise<Desk> {
    const desk = new Desk(options)
    try {
      await desk.#client.open()
    } catch (error) {
      await desk.#client.close()
      throw error
    }
    desk.#begin()
    return desk
  }

  /** Leads a window to whoever owns the workspace. */
  async reach(events: PortEvents): Promise<Port | undefined> {
    return await this.#options.storage.views?.connect(events)
  }

  /** Connects, or tries again at once, for instance with another token. */
  connect(): void {
    this.#client.connect().catch(() => {
      // the windows show the state of the connection
    })
  }

  /** Whether there is a conversation of this name here. */
  async knows(conversationId: string): Promise<boolean> {
    const found = await this.#client.listConversations({ conversationIds: [conversationId] })
    return found.length > 0 || (await this.#client.getContact(conversationId)) !== undefined
  }

  /** Closes the workspace; what was written is stored. */
  async close(): Promise<void> {
    this.#unattend()
    await this.#client.close()
  }

  #begin(): void {
    const client = this.#client
    client.on('message', message => void this.#tell(message))
    client.on('change', ({ conversations }) => conversations.length > 0 && void this.#count())
    this.#unattend = this.#options.attend?.(client) ?? this.#unattend
    void this.#count()
    this.connect()
  }

  async #tell(message: Message): Promise<void> {
    const { conversationId } = message
    const [contact, [conversation]] = await Promise.all([
      this.#client.getContact(conversationId),
      this.#client.listConversations({ conversationIds: [conversationId] }),
    ]).catch(() => [undefined, []] as const) // closed meanwhile: the id will do
    this.#options.events.onArrival(this, message, contact?.name ?? conversation?.title ?? conversationId)
  }

  /** Once at a time, and once more where something has changed meanwhile. */
  async #count(): Promise<void> {
    this.#countAgain = this.#isCounting
    if (this.#isCounting) return
    this.#isCounting = true
    try {
      const conversations = await this.#client.listConversations()
      const unread = conversations.filter(({ unreadCount }) => unreadCount > 0)
      const counts = unread.map(({ conversationId, unreadCount }) => [conversationId, unreadCount] as const)
      if (!this.#countAgain) this.#options.events.onUnread(this, new Map(counts))
    } catch {
      this.#countAgain = false // closed, or between two owners: a change is told of afterwards
    } finally {
      this.#isCounting = false
    }
    if (this.#countAgain) await this.#count()
  }
}
