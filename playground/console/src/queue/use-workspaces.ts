/** The workspaces that the person may see. */
import { useEffect, useState } from 'react'
import { useSession } from '../session/session.tsx'
import { enter } from './entrance.ts'

/** Between two questions where the server is not reached, in milliseconds. */
const RETRY_MS = 3000

/** Their names, where they are known; what went wrong, where they are not. */
export interface Workspaces {
  readonly names: readonly string[] | undefined
  readonly error: unknown
}

/** Asks the server, until it has answered, and again with each token that comes. */
export function useWorkspaces(): Workspaces {
  const { session } = useSession()
  const [workspaces, setWorkspaces] = useState<Workspaces>({ names: undefined, error: undefined })
  useEffect(() => {
    if (!session) return
    const { server, agentId, vault } = session
    let timer: ReturnType<typeof setTimeout> | undefined
    let isLeft = false
    const ask = async () => {
      clearTimeout(timer)
      const entered = await enter({ server, agentId, token: () => vault.get() }, '')
      if (entered.name === 'entered') entered.socket.close()
      if (isLeft) return
      if (entered.name === 'entered') setWorkspaces({ names: entered.answer.workspaces ?? [], error: undefined })
      else if (entered.name === 'refused') setWorkspaces({ names: undefined, error: entered.error })
      else timer = setTimeout(() => void ask(), RETRY_MS)
    }
    void ask()
    const off = vault.onChange(() => void ask())
    return () => {
      off()
      isLeft = true
      clearTimeout(timer)
    }
  }, [session])
  return workspaces
}
