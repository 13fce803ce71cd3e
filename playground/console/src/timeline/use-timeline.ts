/** What a timeline shows: the end of a conversation, or a stretch of it from which one can scroll on to the end. */
import type { Message } from 'im-client'
import { useConversation } from 'im-client/adapters/react'
import { useMemo } from 'react'
import { joined, useHistoryWindow } from './use-history-window.ts'

/** The messages around `seq`, or the newest where there is none; `leave` goes from the former to the latter. */
export function useTimeline(conversationId: string, seq: number | undefined, leave: () => void) {
  const live = useConversation(conversationId)
  const firstLive = firstSeq(live.messages)
  const isAway = seq !== undefined && firstLive !== undefined && seq < firstLive
  const stretch = useHistoryWindow(conversationId, isAway ? seq : undefined)
  const last = lastSeq(stretch.messages)
  const meets = last !== undefined && firstLive !== undefined && last >= firstLive
  const messages = useMemo(
    () => (isAway ? (meets ? joined(stretch.messages, live.messages) : stretch.messages) : live.messages),
    [isAway, meets, stretch.messages, live.messages],
  )
  if (!isAway) return { ...live, messages }
  return { ...live, ...stretch, messages, hasNewer: last !== undefined && !meets, loadNewest: leave }
}

function firstSeq(messages: readonly Message[]): number | undefined {
  return messages.find(({ seq }) => seq !== undefined)?.seq
}

function lastSeq(messages: readonly Message[]): number | undefined {
  return messages.findLast(({ seq }) => seq !== undefined)?.seq
}
