/** The events of conversations, as stored: one log for each. */
import * as v from 'valibot'
import { IMError } from '../errors.ts'
import { type ConversationEvent, conversationEventSchema } from '../model/event.ts'
import type { Json } from '../model/json.ts'
import { pathOf } from '../protocol/validate.ts'
import type { ListOptions, StorageAdapter, WriteOperation } from './contract.ts'

/** A stretch of a log. Bounds are sequence numbers and exclusive. */
export interface EventRange {
  readonly after?: number
  readonly before?: number
  readonly limit?: number
  /** From the upper end; the events come in ascending order all the same. */
  readonly newest?: boolean
}

/** Reads logs and prepares writes to them. */
export class HistoryStore {
  readonly #storage: StorageAdapter
  readonly #onDamage: (error: IMError) => void

  /** `onDamage` is told of each event that is skipped because it does not fit its schema. */
  constructor(storage: StorageAdapter, onDamage: (error: IMError) => void) {
    this.#storage = storage
    this.#onDamage = onDamage
  }

  put(event: ConversationEvent): WriteOperation {
    return { type: 'put', key: ['events', event.conversationId, event.seq], value: event as unknown as Json }
  }

  /** Events in ascending order. */
  async events(conversationId: string, { after, before, limit, newest }: EventRange): Promise<ConversationEvent[]> {
    const options: { -readonly [K in keyof ListOptions]: ListOptions[K] } = { reverse: newest ?? false }
    if (after !== undefined) options.after = ['events', conversationId, after]
    if (before !== undefined) options.before = ['events', conversationId, before]
    if (limit !== undefined) options.limit = limit
    const entries = await this.#storage.list(['events', conversationId], options)
    if (newest) entries.reverse()
    return entries.flatMap(({ value }) => this.#read(value, conversationId))
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
