/** The recorder of the session: it begins with it, whatever is shown. */
import { useClient } from 'im-client/adapters/react'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { type Notes, Recorder } from './recorder.ts'

const RecorderContext = createContext<Recorder | undefined>(undefined)

/** Records for as long as it is there. */
export function Recording({ children }: { readonly children: ReactNode }) {
  const client = useClient()
  const [recorder] = useState(() => new Recorder(client))
  useEffect(() => recorder.start(), [recorder])
  return <RecorderContext value={recorder}>{children}</RecorderContext>
}

/** The recorder. */
export function useRecorder(): Recorder {
  const recorder = useContext(RecorderContext)
  if (!recorder) throw new TypeError('There is no Recording.')
  return recorder
}

/** What it has noted so far. */
export function useNotes(): Notes {
  const recorder = useRecorder()
  return useSyncExternalStore(recorder.subscribe, () => recorder.notes)
}
