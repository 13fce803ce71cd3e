/** Finding the answer to a question among what is stored. */
import type { StoredMessage } from '../model/event.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { Records } from './records.ts'

/** Where answers are looked for. */
export interface AnswerPlaces {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
}

/** What tells a question. */
interface Asked {
  readonly id: string
  readonly conversationId: string
}

/** Whether a message answers a question, other than by news that the work goes on. */
export function isAnswer({ type, replyTo, replyKind, from }: StoredMessage, id: string, agentId: string): boolean {
  return type === 'message' && replyTo === id && replyKind !== 'progress' && from !== agentId
}

/**
 * The first answer that is stored, from the end of the conversation back to the question. One that waits in the outbox may
 * have been accepted, and answered, without a word of that: then the newest page is looked through.
 */
export async function findAnswer(
  { agentId, workspace, records }: AnswerPlaces,
  { id, conversationId }: Asked,
): Promise<StoredMessage | undefined> {
  let first: StoredMessage | undefined
  for await (const page of historyOf(workspace).pages(conversationId)) {
    const events = page as StoredMessage[] // of other kinds none answers
    first = events.find(event => isAnswer(event, id, agentId)) ?? first
    if (records.outbox.get(id) || events.some(event => event.id === id && event.from === agentId)) break
  }
  return first
}
