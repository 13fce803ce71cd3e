/** Finding a message by its id alone: loaded when somebody waits for one, or changes one. */
import { isMessage, type StoredMessage } from '../model/event.ts'
import type { Message } from '../model/message.ts'
import { deadLetters } from '../storage/dead-letters.ts'
import { historyOf } from '../storage/history-store.ts'
import type { Workspace } from '../storage/workspace.ts'
import type { History } from './history.ts'
import type { Intake } from './intake.ts'
import type { Records } from './records.ts'
import { viewUnsent } from './unsent.ts'
import { viewQueued } from './view.ts'

/** Where messages are. */
export interface Places {
  readonly agentId: string
  readonly workspace: Workspace
  readonly records: Records
  readonly history: History
  readonly intake: Intake
}

/** A message, wherever it is: in the outbox, among the dead letters, in the history. */
export async function findMessage(places: Places, id: string): Promise<Message | undefined> {
  const { records, workspace, history } = places
  const entry = records.outbox.get(id)
  if (entry?.type === 'message') return viewQueued(entry, history.viewpoint)
  const letter = await deadLetters(workspace.storage).get(id)
  if (letter && letter.kind !== 'pending') return viewUnsent(letter, history.viewpoint)
  const stored = await findStored(places, id)
  return stored && (await history.view(stored))
}

/** Of this client's own newest ones first, then by reading every conversation, newest page first. */
export async function findStored(
  { agentId, workspace, records, intake }: Places,
  id: string,
): Promise<StoredMessage | undefined> {
  const kept = intake.recent.kept(id)
  if (kept) return kept
  for (const { conversationId } of records.conversations.values()) {
    const place = intake.recent.find(conversationId, agentId, id)
    if (!place) continue
    const [event] = await historyOf(workspace).events(conversationId, { after: place.seq - 1, limit: 1 })
    if (event?.id === id && isMessage(event)) return event
  }
  for (const { conversationId } of records.conversations.values()) {
    for await (const events of historyOf(workspace).pages(conversationId)) {
      const found = events.find(event => event.id === id)
      if (found && isMessage(found)) return found
    }
  }
  return undefined
}
