/** A handler or a worker of a view: begun at each owner once, until it is taken back. What failed may be begun again. */
import type { Backend } from '../backend.ts'

/** Begins at an owner; gives the way to end it there. */
type Begin = (backend: Backend) => Promise<() => unknown>

/** See the head of this file. */
export class Registration {
  readonly #begin: Begin
  #backend: Backend | undefined
  #begun: Promise<() => unknown> = Promise.resolve(() => {})
  #ended = false

  constructor(begin: Begin) {
    this.#begin = begin
  }

  /** Begins at this owner, unless it has. */
  async begin(backend: Backend): Promise<void> {
    if (this.#ended) return
    if (this.#backend !== backend) {
      this.#backend = backend
      this.#begun = this.#begin(backend)
      this.#begun.catch(() => {
        if (this.#backend === backend) this.#backend = undefined
      })
    }
    const end = await this.#begun
    if (this.#ended) await end() // taken back meanwhile
  }

  /** Takes it back. */
  async end(): Promise<void> {
    this.#ended = true
    const end = await this.#begun.catch(() => () => {}) // whoever began it was told
    await end()
  }
}
