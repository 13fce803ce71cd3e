/** Showing one message: where it is at hand at once, otherwise after the pages before it have come. */
import { type RefObject, useCallback, useEffect, useState } from 'react'
import type { VListHandle } from 'virtua'
import type { Row } from './rows.ts'
import type { Pages } from './use-scrolling.ts'

/** How long a message that was jumped to is marked, in milliseconds. */
const MARK_MS = 2200
/** Pages that are looked through for an original. */
const MAX_PAGES = 40

interface Target {
  readonly messageId?: string
  readonly seq?: number
  readonly pages: number
}

/** Jumps to messages; gives the one that is marked. */
export function useJump(list: RefObject<VListHandle | null>, rows: readonly Row[], { hasOlder, loadOlder }: Pages) {
  const [target, setTarget] = useState<Target>()
  const [marked, setMarked] = useState<string>()
  useEffect(() => {
    if (!target || rows.length === 0) return
    const index = rows.findIndex(({ message }) =>
      target.seq === undefined ? message.id === target.messageId : message.seq === target.seq,
    )
    if (index >= 0) {
      list.current?.scrollToIndex(index, { align: 'center' })
      setMarked(rows[index]?.message.id)
      setTarget(undefined)
    } else if (target.messageId !== undefined && hasOlder && target.pages < MAX_PAGES) {
      void loadOlder().then(() => setTarget(target => target && { ...target, pages: target.pages + 1 }))
    }
  }, [target, rows, list, hasOlder, loadOlder])
  useEffect(() => {
    if (marked === undefined) return
    const timer = setTimeout(() => setMarked(undefined), MARK_MS)
    return () => clearTimeout(timer)
  }, [marked])
  const jump = useCallback((messageId: string) => setTarget({ messageId, pages: 0 }), [])
  const jumpToSeq = useCallback((seq: number) => setTarget({ seq, pages: 0 }), [])
  return { marked, jump, jumpToSeq }
}
