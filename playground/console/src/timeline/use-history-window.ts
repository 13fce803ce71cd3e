/** A stretch of the history that lies far from its end: around a message that a search has found. */
import type { Message } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useCallback, useEffect, useState } from 'react'
import { showError } from '../errors.ts'

/** Messages on either side of the one that was looked for. */
const AROUND = 30
const PAGE = 50

/** A stretch of a history. */
export interface HistoryWindow {
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
}

interface Stretch {
  readonly messages: readonly Message[]
  readonly isFromStart: boolean
}

const NOTHING: Stretch = { messages: [], isFromStart: false }

/** The messages around a sequence number; none where it is `undefined`. */
export function useHistoryWindow(conversationId: string, seq: number | undefined): HistoryWindow {
  const client = useClient()
  const [stretch, setStretch] = useState(NOTHING)
  useEffect(() => {
    setStretch(NOTHING)
    if (seq === undefined) return
    let left = false
    const around = { conversationId, before: seq + AROUND, limit: 2 * AROUND }
    client
      .getConversationHistory(around)
      .then(messages => left || setStretch({ messages, isFromStart: false }), showError)
    return () => {
      left = true
    }
  }, [client, conversationId, seq])
  const loadOlder = useCallback(async () => {
    const first = stretch.messages.find(({ seq }) => seq !== undefined)?.seq
    if (first === undefined) return
    const older = await client.getConversationHistory({ conversationId, before: first, limit: PAGE })
    setStretch(({ messages }) => ({ messages: joined(older, messages), isFromStart: older.length === 0 }))
  }, [client, conversationId, stretch])
  const loadNewer = useCallback(async () => {
    const last = stretch.messages.findLast(({ seq }) => seq !== undefined)?.seq
    if (last === undefined) return
    const newer = await client.getConversationHistory({ conversationId, after: last, limit: PAGE })
    setStretch(({ messages, isFromStart }) => ({ messages: joined(messages, newer), isFromStart }))
  }, [client, conversationId, stretch])
  return { messages: stretch.messages, hasOlder: !stretch.isFromStart, loadOlder, loadNewer }
}

/** Two stretches, the later one after the earlier; where they overlap the later one counts. */
export function joined(earlier: readonly Message[], later: readonly Message[]): readonly Message[] {
  const ids = new Set(later.map(({ id }) => id))
  return [...earlier.filter(({ id }) => !ids.has(id)), ...later]
}
