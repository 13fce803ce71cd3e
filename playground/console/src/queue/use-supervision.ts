/** A client that looks at the workspace of a digital employee, for as long as it is shown. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Reach, Supervision } from '../host/host.ts'
import { useSession } from '../session/session.tsx'

/** Looks at a workspace; absent until it begins. */
export function useSupervision(workspace: string): Supervision | undefined {
  const { session } = useSession()
  const [supervision, setSupervision] = useState<Supervision>()
  useEffect(() => {
    if (!session) return
    const supervision = session.entry.queues.look(workspace, session.client)
    setSupervision(supervision)
    return () => supervision.end()
  }, [session, workspace])
  return supervision
}

/** How the workspace is reached at this moment. */
export function useReach({ way }: Supervision): Reach {
  return useSyncExternalStore(
    listener => way.onReach(listener),
    () => way.reach,
  )
}
