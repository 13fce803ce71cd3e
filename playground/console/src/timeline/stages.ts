/**
 * A list that changes at both of its ends at once, in stages. The virtual list keeps its place where rows came or went at
 * one end, and is told at which; so the change at the other end is drawn first, in the same frame.
 */
import { useLayoutEffect, useReducer, useRef } from 'react'
import type { Row } from './rows.ts'

/** What to draw, and whether the places count from the end. */
export interface Stage {
  readonly rows: readonly Row[]
  readonly shift: boolean
  /** Whether this is all of it. */
  readonly isLast: boolean
}

/** The next stage on the way from what was drawn to what is to be. Pure. */
export function nextStage(drawn: readonly Row[], rows: readonly Row[]): Stage {
  const whole = { rows, shift: false, isLast: true }
  const [oldFirst, newFirst] = [idAt(drawn, 0), idAt(rows, 0)]
  if (oldFirst === undefined || oldFirst === newFirst) return whole
  const sameEnd = idAt(drawn, -1) === idAt(rows, -1)
  const came = rows.findIndex(({ message }) => message.id === oldFirst)
  if (came > 0) return sameEnd ? { ...whole, shift: true } : { rows: rows.slice(came), shift: false, isLast: false }
  const gone = drawn.findIndex(({ message }) => message.id === newFirst)
  if (gone > 0) return sameEnd ? { ...whole, shift: true } : { rows: drawn.slice(gone), shift: true, isLast: false }
  return whole // another stretch altogether
}

/** The rows, stage by stage, each drawn before the next. */
export function useStages(rows: readonly Row[]): Stage {
  const drawn = useRef<readonly Row[]>([])
  const [, next] = useReducer((count: number) => count + 1, 0)
  const stage = nextStage(drawn.current, rows)
  useLayoutEffect(() => {
    drawn.current = stage.rows
    if (!stage.isLast) next()
  })
  return stage
}

function idAt(rows: readonly Row[], index: number): string | undefined {
  return rows.at(index)?.message.id
}
