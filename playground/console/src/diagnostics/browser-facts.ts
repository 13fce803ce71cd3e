/** What the browser says of this page: how much it stores, whether for good, and whether this tab has the connection. */
import { useEffect, useState } from 'react'
import { workspaceName } from '../session/account.ts'
import { type Session, useSession } from '../session/session.tsx'

/** What could be found out; what could not is absent. */
export interface BrowserFacts {
  readonly usedBytes?: number
  readonly quotaBytes?: number
  /** Whether the browser has promised not to throw it away. */
  readonly isPersisted?: boolean
  /** `owner`: this tab has the storage and the connection. `view`: another one has. */
  readonly role?: 'owner' | 'view'
}

const INTERVAL_MS = 5000

/** What the storage puts before its name to have that of its lock. */
const LOCK_PREFIX = 'im-client:'

/** The facts, looked at anew from time to time. */
export function useBrowserFacts(): BrowserFacts {
  const { session } = useSession()
  const [facts, setFacts] = useState<BrowserFacts>({})
  useEffect(() => {
    if (!session) return
    let isLeft = false
    const look = async () => {
      const [storage, role] = await Promise.all([storageFacts(), roleOf(session)])
      if (!isLeft) setFacts({ ...storage, ...(role ? { role } : {}) })
    }
    void look()
    const timer = setInterval(() => void look(), INTERVAL_MS)
    return () => {
      isLeft = true
      clearInterval(timer)
    }
  }, [session])
  return facts
}

async function storageFacts(): Promise<BrowserFacts> {
  const { storage } = navigator as Partial<Navigator>
  if (!storage) return {}
  const [{ usage, quota }, isPersisted] = await Promise.all([storage.estimate(), storage.persisted()])
  return {
    isPersisted,
    ...(usage === undefined ? {} : { usedBytes: usage }),
    ...(quota === undefined ? {} : { quotaBytes: quota }),
  }
}

/** The lock of the storage is its owner's. Which tab a lock belongs to is told by one that only this tab can hold. */
async function roleOf(session: Session): Promise<BrowserFacts['role']> {
  const { locks } = navigator as Partial<Navigator>
  if (!locks) return undefined
  const own = crypto.randomUUID()
  return await locks.request(own, async () => {
    const { held = [] } = await locks.query()
    const me = held.find(({ name }) => name === own)?.clientId
    const owner = held.find(({ name }) => name === `${LOCK_PREFIX}${workspaceName(session)}`)?.clientId
    if (owner === undefined) return undefined
    return owner === me ? 'owner' : 'view'
  })
}
