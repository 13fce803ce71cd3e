/**
 * The claim of one tab among all tabs of a browser: the Web Lock with the storage's name. The browser gives it back by
 * itself when the tab ends, whatever way. Its holder answers whoever knocks; one that does not answer is asleep, and its
 * lock can be taken away.
 */
import { IMError } from '../../src/index.ts'

/** What is said on the channel with the storage's name. */
export type Call =
  /** Somebody wants to be let in, by a port of this name. */
  | { readonly knock: string }
  /** The holder is there. `isOpen`: the port is there too. */
  | Answer
  /** Whoever was told to wait may knock again. */
  | { readonly opened: true }

/** What a holder answers. */
export type Answer = Holder & { readonly to: string; readonly isOpen: boolean }

/** Who holds a lock, as people know a tab. */
export interface Holder {
  /** ISO 8601. */
  readonly since: string
  /** The address of its page, without what may be secret in it. */
  readonly page: string
}

/** What was heard on the channel: any page of this origin may say anything there. */
export function heard(data: unknown): { readonly knock?: string; readonly opened?: true } & Partial<Answer> {
  return data ?? {}
}

/** Whoever has a lock. */
export interface LockHolder {
  /** Told once that the lock was taken away. */
  onLost(error: IMError): void
  /** The lock is let go of for a while: so is whatever else others may need. */
  rest(): void
  /** Rejects where another was the owner meanwhile. */
  confirm(): Promise<void>
}

/** Where the browser has no locks (pages that did not come over HTTPS), the fence in the database alone guards. */
export function tabLocks(): LockManager | undefined {
  return globalThis.navigator?.locks
}

/** See the head of this file. */
export class TabLock {
  readonly name: string
  /** Makes a port for a view, once views are let in. */
  admit: ((id: string) => Promise<void>) | undefined
  /** Which client of the browser held the lock and did not answer. */
  silent: string | undefined
  #channel: BroadcastChannel | undefined
  #letGo: () => void = () => {}
  #held: Promise<unknown> = Promise.resolve()
  #holder: LockHolder | undefined

  constructor(name: string) {
    this.name = name
  }

  /** Takes the lock. @throws IMError `STORAGE_LOCKED`, with details of who has it */
  async acquire(holder: LockHolder): Promise<void> {
    if (tabLocks() && !(await this.take({ ifAvailable: true }))) await (await import('./rival.ts')).overcome(this)
    this.silent = undefined
    this.#holder = holder
  }

  /** Takes the lock, if it can be had in this way. */
  take(options: LockOptions): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const hold = (lock: Lock | null) => {
        resolve(!!lock)
        return lock ? this.#hold() : undefined
      }
      this.#held = (tabLocks() as LockManager).request(this.name, options, hold).catch(error => {
        reject(error)
        this.#lose()
      })
    })
  }

  /** Lets go of the lock for good. Another can have it once this has resolved. */
  async release(): Promise<void> {
    this.#holder = undefined
    await this.pause()
  }

  /** Lets go of the lock for as long as nobody else wants it. */
  async pause(): Promise<void> {
    this.#holder?.rest()
    this.#channel?.close()
    this.#letGo()
    await this.#held
  }

  /** Has the lock again after a pause, or has lost it. */
  async regain(): Promise<void> {
    const holder = this.#holder
    try {
      if (!holder || !(await this.take({ ifAvailable: true }))) return this.#lose()
      await holder.confirm()
      if (this.#holder !== holder) await this.pause() // released meanwhile
    } catch {
      this.#lose()
    }
  }

  #lose(): void {
    const holder = this.#holder
    void this.release()
    holder?.onLost(new IMError('STORAGE_FENCED', 'Another tab has taken the storage over.'))
  }

  /** Tells those who wait that views are let in. */
  tellOpened(): void {
    this.#channel?.postMessage({ opened: true } satisfies Call)
  }

  #hold(): Promise<void> {
    const facts: Holder = { since: new Date().toISOString(), page: globalThis.location?.href.replace(/[?#].*/, '') }
    if (globalThis.BroadcastChannel) {
      const channel = new BroadcastChannel(this.name)
      channel.onmessage = async ({ data }: MessageEvent) => {
        const { knock } = heard(data)
        if (!knock) return
        const isOpen = !!this.admit
        await this.admit?.(knock)
        channel.postMessage({ to: knock, isOpen, ...facts } satisfies Call)
      }
      this.#channel = channel
    }
    return new Promise(resolve => {
      this.#letGo = resolve
    })
  }
}
