/** The events of conversations, as stored: one log for each. Loaded when something is first read. */
import * as v from 'valibot'
import { IMError } from '../errors.ts'
import { type ConversationEvent, conversationEventSchema } from '../model/event.ts'
import type { Json } from '../model/json.ts'
import { pathOf } from '../protocol/validate.ts'
import type { ListOptions, StorageAdapter } from './contract.ts'
import type { Workspace } from './workspace.ts'

/** A stretch of a log. Bounds are sequence numbers and exclusive. */
export interface EventRange {
  readonly after?: number
  readonly before?: number
  readonly limit?: number
  /** From the upper end; the events come in ascending order all the same. */
  readonly newest?: boolean
}

/** The logs of a workspace. */
export function historyOf({ storage, onDamage }: Workspace): HistoryStore {
  return new HistoryStore(storage, onDamage)
}

/** Reads logs. */
export class HistoryStore {
  readonly #storage: StorageAdapter
  readonly #onDamage: (error: IMError) => void

  /** `onDamage` is told of each event that is skipped because it does not fit its schema. */
  constructor(storage: StorageAdapter, onDamage: (error: IMError) => void) {
    this.#storage = storage
    this.#onDamage = onDamage
  }

  /** Events in ascending order: fewer than `limit` only where the range has no more, however many are left out as damaged. */
  async events(conversationId: string, range: EventRange): Promise<ConversationEvent[]> {
    const { limit = Number.POSITIVE_INFINITY, newest } = range
    let found: ConversationEvent[] = []
    for (let rest = range; ; ) {
      const { events, read, last } = await this.#stretch(conversationId, rest)
      found = newest ? [...events, ...found] : [...found, ...events] // may be more than a call takes arguments
      const missing = limit - found.length
      if (read < (rest.limit ?? limit) || missing <= 0 || last === undefined) return found
      rest = { ...rest, limit: missing, ...(newest ? { before: last } : { after: last }) }
    }
  }

  /** One reading: what fits its schema, how many entries there were, and the sequence at which the next goes on. */
  async #stretch(conversationId: string, { after, before, limit, newest }: EventRange) {
    const options: { -readonly [K in keyof ListOptions]: ListOptions[K] } = { reverse: newest ?? false }
    if (after !== undefined) options.after = ['events', conversationId, after]
    if (before !== undefined) options.before = ['events', conversationId, before]
    if (limit !== undefined) options.limit = limit
    const entries = await this.#storage.list(['events', conversationId], options)
    const seq = entries.at(-1)?.key[2]
    if (newest) entries.reverse()
    const events = entries.flatMap(({ value }) => this.#read(value, conversationId))
    return { events, read: entries.length, last: typeof seq === 'number' ? seq : undefined }
  }

  /** Pages through a whole log, newest page first. Each page is in ascending order. */
  async *pages(conversationId: string, pageSize = 500): AsyncGenerator<ConversationEvent[], void, void> {
    let before: number | undefined
    for (;;) {
      const range = { limit: pageSize, newest: true, ...(before === undefined ? {} : { before }) }
      const events = await this.events(conversationId, range)
      const [first] = events
      if (!first) return
      yield events
      before = first.seq
    }
  }

  #read(value: Json, conversationId: string): ConversationEvent[] {
    const result = v.safeParse(conversationEventSchema, value, { abortEarly: true })
    if (result.success) return [result.output]
    this.#onDamage(
      new IMError('STORAGE_DAMAGED', 'An event of the history does not fit its schema and is left out.', {
        details: { conversationId, path: pathOf(result.issues[0]) },
      }),
    )
    return []
  }
}
