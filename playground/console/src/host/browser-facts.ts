/** What the browser says of this page: how much it stores, whether for good, and whether this tab has the connection. */
import { type Account, workspaceName } from '../session/account.ts'
import type { PlatformFacts } from './host.ts'

/** What the storage puts before its name to have that of its lock. */
const LOCK_PREFIX = 'im-client:'

/** The facts of this moment. */
export async function browserFacts(account: Account): Promise<PlatformFacts> {
  const [storage, role] = await Promise.all([storageFacts(), roleOf(account)])
  return { ...storage, ...(role ? { role } : {}) }
}

async function storageFacts(): Promise<PlatformFacts> {
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
async function roleOf(account: Account): Promise<PlatformFacts['role']> {
  const { locks } = navigator as Partial<Navigator>
  if (!locks) return undefined
  const own = crypto.randomUUID()
  return await locks.request(own, async () => {
    const { held = [] } = await locks.query()
    const me = held.find(({ name }) => name === own)?.clientId
    const owner = held.find(({ name }) => name === `${LOCK_PREFIX}${workspaceName(account)}`)?.clientId
    if (owner === undefined) return undefined
    return owner === me ? 'owner' : 'view'
  })
}
