/** Where a timeline stands: at its end, where it stays; or before it, where what comes does not move it. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VListHandle } from 'virtua'
import type { Row } from './rows.ts'
import { useStages } from './stages.ts'

/** So near to the end, in pixels, counts as being there. */
const END = 60
/** So near to what was loaded, in pixels, more is. */
const NEAR = 2500

/** What is loaded on the way. */
export interface Pages {
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  loadOlder(): Promise<void>
  loadNewer(): Promise<void>
  /** Goes to the newest messages where they are not loaded. */
  loadNewest(): void
}

/** What a timeline does about scrolling. */
export interface Scrolling {
  /** The rows to draw now. */
  readonly rows: readonly Row[]
  readonly list: RefObject<VListHandle | null>
  readonly isAtEnd: boolean
  /** Whether messages came in above those that were there: their places count from the end then. */
  readonly shift: boolean
  /** How many messages of others came since the end was left. */
  readonly missed: number
  readonly onScroll: () => void
  readonly onResize: () => void
  toNewest(): void
}

/** Keeps the place. The rows may change at both ends. */
export function useScrolling(all: readonly Row[], agentId: string, pages: Pages): Scrolling {
  const { rows, shift } = useStages(all)
  const list = useRef<VListHandle>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const stays = useRef(true)
  const toEnd = useCallback(() => {
    stays.current = true
    const { current } = list
    if (current) current.scrollTo(current.scrollSize)
  }, [])
  const { hasNewer, loadNewest } = pages
  const toNewest = useCallback(() => {
    toEnd()
    if (hasNewer) loadNewest()
  }, [toEnd, hasNewer, loadNewest])
  const loading = useLoading(list, rows.length > 0, pages)
  const onScroll = useCallback(() => {
    const { current } = list
    if (!current) return
    const atEnd = !pages.hasNewer && current.scrollSize - current.scrollOffset - current.viewportSize < END
    stays.current = atEnd
    setAtEnd(atEnd)
    loading()
  }, [pages.hasNewer, loading])
  useOpening(list, rows, stays)
  const missed = useArrivals({ rows, agentId, isAtEnd, hasNewer, stays, toEnd })
  const onResize = useCallback(() => {
    if (stays.current) toEnd()
    else onScroll() // what shrinks may bring the end into sight
  }, [toEnd, onScroll])
  return { rows, list, isAtEnd, shift, missed, onScroll, onResize, toNewest }
}

/** Loads more where the eye comes near to what there is: not before what there is was drawn. */
function useLoading(list: RefObject<VListHandle | null>, isOpen: boolean, pages: Pages): () => void {
  const isBusy = useRef(true) // until what is opened is painted
  const { hasOlder, hasNewer, loadOlder, loadNewer } = pages
  const load = useCallback(() => {
    const { current } = list
    if (!current || isBusy.current) return
    const below = current.scrollSize - current.scrollOffset - current.viewportSize
    const more = hasOlder && current.scrollOffset < NEAR ? loadOlder : hasNewer && below < NEAR ? loadNewer : undefined
    if (!more) return
    isBusy.current = true
    const end = () => {
      isBusy.current = false
    }
    more().then(end, end) // what failed is told by the hook; the next scroll tries again
  }, [list, hasOlder, hasNewer, loadOlder, loadNewer])
  const latest = useRef(load)
  latest.current = load
  useEffect(() => {
    if (!isOpen) return
    return afterPaint(() => {
      isBusy.current = false
      latest.current()
    })
  }, [isOpen])
  return load
}

/** Calls back once the next frame is drawn, unless the returned function is called before. */
function afterPaint(callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(callback)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}

/** A conversation opens where what is new begins, or at its end. */
function useOpening(list: RefObject<VListHandle | null>, rows: readonly Row[], stays: RefObject<boolean>): void {
  const isOpen = useRef(false)
  useLayoutEffect(() => {
    if (isOpen.current || rows.length === 0) return
    isOpen.current = true
    const firstNew = rows.findIndex(({ startsNew }) => startsNew)
    stays.current = firstNew < 0
    list.current?.scrollToIndex(firstNew < 0 ? rows.length - 1 : firstNew, { align: firstNew < 0 ? 'end' : 'center' })
  }, [list, rows, stays])
}

interface Arrivals {
  readonly rows: readonly Row[]
  readonly agentId: string
  readonly isAtEnd: boolean
  readonly hasNewer: boolean
  readonly stays: RefObject<boolean>
  readonly toEnd: () => void
}

/** Goes along with what comes, or counts it. One's own words are always gone along with. */
function useArrivals({ rows, agentId, isAtEnd, hasNewer, stays, toEnd }: Arrivals): number {
  const [missed, setMissed] = useState(0)
  const last = useRef<string>(undefined)
  const wasCut = useRef(hasNewer)
  useEffect(() => {
    const isPage = wasCut.current // what comes then was there before
    wasCut.current = hasNewer
    const known = last.current
    const end = rows.at(-1)?.message
    last.current = end?.id
    if (!end || known === undefined || end.id === known) return
    if (stays.current || (end.from === agentId && !isPage)) return toEnd()
    if (isPage) return
    const from = rows.findIndex(({ message }) => message.id === known)
    if (from >= 0) setMissed(count => count + rows.slice(from + 1).filter(row => row.message.from !== agentId).length)
  }, [rows, agentId, hasNewer, stays, toEnd])
  useEffect(() => {
    if (isAtEnd) setMissed(0)
  }, [isAtEnd])
  return isAtEnd ? 0 : missed
}
