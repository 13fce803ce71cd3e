/**
 * The token of this page, in memory only. The tabs of one account share one connection, and any of them may have to make it
 * anew: so a tab without a token asks the others as soon as it is opened, over a channel that nothing is stored in.
 */
import { type Account, workspaceName } from './account.ts'

/** How long the other tabs have to answer, in milliseconds. */
const PATIENCE_MS = 300

/** `isNew`: a person has just given it. Otherwise it answers a tab that has none. */
type Word = { readonly type: 'ask' } | { readonly type: 'token'; readonly token: string; readonly isNew: boolean }

/** Keeps a token, and tells other tabs of the same account. */
export class TokenVault {
  readonly #channel: BroadcastChannel | undefined
  readonly #listeners = new Set<() => void>()
  #token: string

  constructor(account: Account, token = '') {
    // Without channels there are no other tabs to speak with either.
    this.#channel = globalThis.BroadcastChannel && new BroadcastChannel(`im-console:token:${workspaceName(account)}`)
    this.#token = token
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<Word>) => this.#hear(data))
    this.#say(token === '' ? { type: 'ask' } : { type: 'token', token, isNew: true })
  }

  /** Whether this tab has a token. */
  get hasToken(): boolean {
    return this.#token !== ''
  }

  /** Calls back whenever there is another token, until the returned function is called. */
  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A new token, for every tab. */
  set(token: string): void {
    this.#keep(token)
    this.#say({ type: 'token', token, isNew: true })
  }

  /** The token; an empty text where no tab has one. */
  async get(): Promise<string> {
    if (this.#token !== '') return this.#token
    await new Promise<void>(resolve => {
      const off = this.onChange(resolve)
      this.#say({ type: 'ask' })
      setTimeout(() => {
        off()
        resolve()
      }, PATIENCE_MS)
    })
    return this.#token
  }

  /** Forgets the token. */
  close(): void {
    this.#token = ''
    this.#listeners.clear()
    this.#channel?.close()
  }

  #hear(word: Word): void {
    if (word.type === 'token') {
      if (word.isNew || this.#token === '') this.#keep(word.token)
    } else if (this.#token !== '') {
      this.#say({ type: 'token', token: this.#token, isNew: false })
    }
  }

  #keep(token: string): void {
    this.#token = token
    for (const listener of this.#listeners) listener()
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }
}
