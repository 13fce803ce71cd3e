/** Runs in a page: writes a long conversation into the browser's database, as an import would. */
import { Importer } from 'im-client'
import { indexedDBStorage } from 'im-client/adapters/indexeddb'
import { longHistoryMessage } from './long-history.ts'

/** Whose database, and how long the conversation is to be. */
export interface Filling {
  readonly workspace: string
  readonly agentId: string
  readonly conversationId: string
  readonly count: number
}

const BATCH = 10_000

async function fillHistory({ workspace, agentId, conversationId, count }: Filling): Promise<void> {
  const importer = new Importer(indexedDBStorage(workspace, { durability: 'relaxed' }), { agentId })
  await importer.open()
  for (let from = 1; from <= count; from += BATCH) {
    const length = Math.min(BATCH, count - from + 1)
    const batch = Array.from({ length }, (_, at) => longHistoryMessage(conversationId, agentId, from + at))
    const { added } = await importer.add(batch)
    if (added !== length) throw new Error(`${added} of ${length} messages were taken.`)
  }
  await importer.close()
}

Object.assign(globalThis, { fillHistory })
