/** Reading: what was unread at the visit, and telling that it is no more. */
import type { Conversation } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useDirectory } from '../directory/directory.tsx'
import { showError } from '../errors.ts'

/** Up to where everything was read when the conversation was opened; `undefined` where nothing was unread. */
export function useReadSeq(conversation: Conversation | undefined): number | undefined {
  const { agentId } = useDirectory()
  const [opened, setOpened] = useState<{ readonly readSeq: number | undefined }>()
  if (!opened && conversation) {
    const read = conversation.positions[agentId]?.read ?? 0
    setOpened({ readSeq: conversation.unreadCount > 0 ? read : undefined })
  }
  return opened?.readSeq
}

/** Marks as read what is in sight: while the page is looked at, and the end is. */
export function useMarkRead(conversation: Conversation | undefined, isAtEnd: boolean): void {
  const client = useClient()
  const isVisible = useSyncExternalStore(subscribe, () => document.visibilityState === 'visible')
  const { conversationId, unreadCount = 0, lastSeq } = conversation ?? {}
  useEffect(() => {
    if (conversationId === undefined || lastSeq === undefined) return
    if (isVisible && isAtEnd && unreadCount > 0) client.markRead(conversationId, lastSeq).catch(showError)
  }, [client, conversationId, unreadCount, lastSeq, isVisible, isAtEnd])
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}
