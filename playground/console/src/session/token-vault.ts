/**
 * The token of this page, in memory only. The tabs of one account share one connection: whichever has the connection asks
 * the others when it has no token itself, over a channel that nothing is stored in.
 */
import { type Account, workspaceName } from './account.ts'

/** How long the other tabs have to answer, in milliseconds. */
const PATIENCE_MS = 300

type Word = { readonly type: 'ask' } | { readonly type: 'token'; readonly token: string }

/** Keeps a token, and tells other tabs of the same account. */
export class TokenVault {
  readonly #channel: BroadcastChannel
  #token = ''
  #onToken: () => void = () => {}

  constructor(account: Account, token = '') {
    this.#channel = new BroadcastChannel(`im-console:token:${workspaceName(account)}`)
    this.#token = token
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => this.#hear(data)
  }

  /** Whether this tab has a token. */
  get hasToken(): boolean {
    return this.#token !== ''
  }

  /** A new token, for every tab. */
  set(token: string): void {
    this.#token = token
    this.#say({ type: 'token', token })
  }

  /** The token; an empty text where no tab has one. */
  async get(): Promise<string> {
    if (this.#token !== '') return this.#token
    await new Promise<void>(resolve => {
      this.#onToken = resolve
      this.#say({ type: 'ask' })
      setTimeout(resolve, PATIENCE_MS)
    })
    return this.#token
  }

  /** Forgets the token. */
  close(): void {
    this.#token = ''
    this.#channel.close()
  }

  #hear(word: Word): void {
    if (word.type === 'ask') {
      if (this.#token !== '') this.#say({ type: 'token', token: this.#token })
      return
    }
    this.#token = word.token
    this.#onToken()
  }

  #say(word: Word): void {
    this.#channel.postMessage(word)
  }
}
