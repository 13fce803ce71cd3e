/** A client that looks at the workspace of a digital employee, for as long as it is shown. */
import { IMClient } from 'im-client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSession } from '../session/session.tsx'
import { type Reach, SupervisedWorkspace } from './supervised-workspace.ts'

/** The client, and the way by which it reaches the workspace. */
export interface Supervision {
  readonly storage: SupervisedWorkspace
  readonly client: IMClient
}

/** Looks at a workspace; absent until it begins. */
export function useSupervision(workspace: string): Supervision | undefined {
  const { session } = useSession()
  const [supervision, setSupervision] = useState<Supervision>()
  useEffect(() => {
    if (!session) return
    const { server, agentId, vault } = session
    const storage = new SupervisedWorkspace({ server, workspace, agentId, token: () => vault.get() })
    const client = new IMClient({ storage, attach: true })
    setSupervision({ storage, client })
    return () => {
      storage.stop()
      void client.close()
    }
  }, [session, workspace])
  return supervision
}

/** How the workspace is reached at this moment. */
export function useReach({ storage }: Supervision): Reach {
  return useSyncExternalStore(storage.onReach, () => storage.reach)
}
