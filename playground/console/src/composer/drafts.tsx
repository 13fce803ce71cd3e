/** What was begun to write in each conversation: in memory, until the page is closed. */
import { createContext, useContext } from 'react'

/** Texts by conversation. */
export type Drafts = Map<string, string>

const DraftsContext = createContext<Drafts | undefined>(undefined)

/** Keeps the drafts for everything below. */
export const DraftsProvider = DraftsContext

/** The drafts. */
export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext)
  if (!drafts) throw new TypeError('There is no DraftsProvider.')
  return drafts
}
