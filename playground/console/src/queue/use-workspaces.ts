/** The workspaces whose queues the person may see. */
import { useEffect, useState } from 'react'
import { useSession } from '../session/session.tsx'

/** Between two questions where nobody can be asked, in milliseconds. */
const RETRY_MS = 3000

/** Their names, where they are known; what went wrong, where they are not. */
export interface Workspaces {
  readonly names: readonly string[] | undefined
  readonly error: unknown
}

/** Asks until there is an answer, and again with each token that comes. */
export function useWorkspaces(): Workspaces {
  const { session } = useSession()
  const [workspaces, setWorkspaces] = useState<Workspaces>({ names: undefined, error: undefined })
  useEffect(() => {
    if (!session) return
    const { queues, token } = session.entry
    let timer: ReturnType<typeof setTimeout> | undefined
    let isLeft = false
    const ask = async () => {
      clearTimeout(timer)
      const found = await queues.list().then(
        names => ({ names, error: undefined }),
        (error: unknown) => ({ names: undefined, error }),
      )
      if (isLeft) return
      if (found.names || found.error !== undefined) setWorkspaces(found)
      else timer = setTimeout(() => void ask(), RETRY_MS)
    }
    void ask()
    const off = token.onChange(() => void ask())
    return () => {
      off()
      isLeft = true
      clearTimeout(timer)
    }
  }, [session])
  return workspaces
}
