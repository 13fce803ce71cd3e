/** The console in a tab: a database and a connection that all tabs of an account share, and files that a worker keeps. */
import { IMClient } from 'im-client'
import { webQueues } from '../queue/web-queues.ts'
import { type Account, onSignedOutElsewhere, rememberAccount, rememberedAccount } from '../session/account.ts'
import { isForgetful, openStorage } from '../session/storage.ts'
import { TokenVault } from '../session/token-vault.ts'
import { registerWorker, reloadNewest } from '../worker/registration.ts'
import { browserFacts } from './browser-facts.ts'
import type { Entry, Host } from './host.ts'

/** See the head of this file. */
export function browserHost(): Host {
  return {
    name: 'browser',
    defaultServer: location.origin,
    get proposal() {
      const { server = location.origin, agentId } = rememberedAccount() ?? {}
      return { server, ...(agentId === undefined ? {} : { agentId }) }
    },
    resume: async () => {
      const account = rememberedAccount()
      return account?.isSignedIn ? entryOf(account, '') : undefined
    },
    signIn: (account, token) => {
      rememberAccount(account, true)
      return entryOf(account, token)
    },
    watchBuilds: registerWorker,
    reload: reloadNewest,
  }
}

function entryOf({ server, agentId }: Account, secret: string): Entry {
  const account = { server, agentId }
  const vault = new TokenVault(account, secret)
  const token = () => vault.get()
  const isOwnServer = new URL(server.replace(/^ws/, 'http')).origin === location.origin
  return {
    ...account,
    token: vault,
    queues: webQueues({ ...account, token }),
    isForgetful: isForgetful(),
    openClient: () =>
      new IMClient({ storage: openStorage(account), attach: true, imServerUrl: server, agentId, token }),
    facts: () => browserFacts(account),
    ...(isOwnServer ? { roundTrip } : {}),
    onSignedOutElsewhere: listener => onSignedOutElsewhere(account, listener),
    signOut: () => rememberAccount(account, false),
    close: () => vault.close(),
  }
}

/** Only the page's own origin can be asked. */
async function roundTrip(): Promise<number | undefined> {
  const begun = performance.now()
  const response = await fetch('/health', { cache: 'no-store' }).catch(() => undefined) // not reached: no value
  return response?.ok ? performance.now() - begun : undefined
}
