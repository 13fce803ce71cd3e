/** An account that the main process of the app is signed in with, or is asked to be. */
import { IMClient, IMError, type PortEvents, type StorageAdapter } from 'im-client'
import { bridgeStorage } from 'im-client/adapters/electron/renderer'
import type { Account } from '../session/account.ts'
import { type DesktopWindow, valueIn } from './desktop-host.ts'
import type { Entry, PlatformFacts, Queues, TokenKeeper } from './host.ts'

/** An account, and what is known of its token. */
export interface HandedAccount extends Account {
  /** To be handed over; absent where the main process knows it, or needs none. */
  readonly token?: string
  readonly hasToken?: boolean
}

/** The queue of the workspace that this window shows, an employee's as well as a person's. */
function ownQueue(agentId: string): Queues {
  return {
    list: async () => [agentId],
    look: (_, client) => ({
      client,
      way: { reach: { name: 'running' }, onReach: () => () => {} },
      end: () => {
        // the client is the session's
      },
    }),
  }
}

/** See the head of this file. */
export class DesktopEntry implements Entry {
  readonly server: string
  readonly agentId: string
  readonly isForgetful = false
  readonly queues: Queues
  readonly token: TokenKeeper
  readonly #bridges: DesktopWindow
  readonly #signOutListeners = new Set<() => void>()
  readonly #tokenListeners = new Set<() => void>()
  /** Held until the main process has it. */
  #secret: string | undefined
  #hasToken: boolean
  #isClosed = false

  constructor(bridges: DesktopWindow, account: HandedAccount) {
    const { server, agentId, token, hasToken = token !== undefined } = account
    this.server = server
    this.agentId = agentId
    this.queues = ownQueue(agentId)
    this.#bridges = bridges
    this.#secret = token
    this.#hasToken = hasToken
    this.token = this.#keeper()
    bridges.imDesktop.onSignedOut(() => {
      for (const listener of this.#signOutListeners) listener()
    })
  }

  openClient(): IMClient {
    return new IMClient({ storage: this.#storage(), attach: true, agentId: this.agentId })
  }

  async facts(): Promise<PlatformFacts> {
    const { workspace } = valueIn(await this.#bridges.imDesktop.begin())
    return { role: 'app', ...(workspace ? { folder: workspace.folder } : {}) }
  }

  readonly roundTrip = async () => valueIn(await this.#bridges.imDesktop.roundTrip()) ?? undefined

  onSignedOutElsewhere(listener: () => void): () => void {
    this.#signOutListeners.add(listener)
    return () => this.#signOutListeners.delete(listener)
  }

  signOut(): void {
    void this.#bridges.imDesktop.signOut()
  }

  close(): void {
    this.#isClosed = true
    this.#secret = undefined
    this.#signOutListeners.clear()
    this.#tokenListeners.clear()
  }

  #keeper(): TokenKeeper {
    const entry = this
    return {
      get hasToken() {
        return entry.#hasToken
      },
      set: token => {
        this.#secret = token
        this.#hasToken = true
        this.#signIn().finally(() => {
          for (const listener of this.#tokenListeners) listener()
        })
      },
      onChange: listener => {
        this.#tokenListeners.add(listener)
        return () => this.#tokenListeners.delete(listener)
      },
    }
  }

  /** Whenever an owner is looked for, the main process is asked to be it: it says what is wrong where it cannot. */
  #storage(): StorageAdapter {
    const storage = bridgeStorage(this.agentId, this.#bridges.imBridge)
    const connect = async (events: PortEvents) => {
      const { views } = bridgeStorage(await this.#signIn(), this.#bridges.imBridge)
      return await views?.connect(events)
    }
    const listen = () => Promise.reject(new IMError('STORAGE_IO', 'A window lets nobody into the workspace.'))
    return Object.assign(storage, { views: { listen, connect } })
  }

  /** Gives the name of the workspace. A token crosses once. */
  async #signIn(): Promise<string> {
    if (this.#isClosed) throw new IMError('CLIENT_CLOSED', 'The account was signed out.') // not to be signed in again
    const { server, agentId } = this
    const token = this.#secret
    this.#secret = undefined
    const account = { server, agentId, ...(token === undefined ? {} : { token }) }
    return valueIn(await this.#bridges.imDesktop.signIn(account)).workspace
  }
}
