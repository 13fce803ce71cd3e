/** Every conversation and who takes part in it, in memory: loaded at the start, changed only by what is durable. */
import type { Membership } from './membership.ts'
import type { LoggedConversation, ReceiptState } from './server-log.ts'

/** One conversation. Only the directory and the log change it. */
export class DirectoryEntry implements LoggedConversation {
  readonly key: string
  readonly receipts = new Map<string, ReceiptState>()
  membership: Membership
  lastSeq = 0
  lastPosition = 0
  lastReceiptPosition = 0

  constructor(key: string, membership: Membership) {
    this.key = key
    this.membership = membership
  }

  setReceipt(reader: string, state: ReceiptState): void {
    this.receipts.set(reader, state)
    this.lastReceiptPosition = Math.max(this.lastReceiptPosition, state.position)
  }
}

/** All conversations, by key, by account, and by what created them. */
export class Directory {
  readonly #entries = new Map<string, DirectoryEntry>()
  readonly #byAccount = new Map<string, Set<DirectoryEntry>>()
  readonly #creations = new Map<string, string>()

  get size(): number {
    return this.#entries.size
  }

  get(key: string): DirectoryEntry | undefined {
    return this.#entries.get(key)
  }

  of(agentId: string): Iterable<DirectoryEntry> {
    return this.#byAccount.get(agentId) ?? []
  }

  /** The key of the group that an account created with an event id. */
  createdWith(createdBy: string, createdAs: string): string | undefined {
    return this.#creations.get(JSON.stringify([createdBy, createdAs]))
  }

  /** Adds a conversation or changes its membership. */
  put(key: string, membership: Membership): DirectoryEntry {
    const entry = this.#entries.get(key) ?? new DirectoryEntry(key, membership)
    entry.membership = membership
    this.#entries.set(key, entry)
    if (membership.kind === 'group') {
      this.#creations.set(JSON.stringify([membership.createdBy, membership.createdAs]), key)
    }
    for (const agentId of membership.members.keys()) this.#link(agentId, entry)
    for (const agentId of membership.former.keys()) this.#link(agentId, entry)
    return entry
  }

  #link(agentId: string, entry: DirectoryEntry): void {
    const entries = this.#byAccount.get(agentId)
    if (entries) entries.add(entry)
    else this.#byAccount.set(agentId, new Set([entry]))
  }
}
