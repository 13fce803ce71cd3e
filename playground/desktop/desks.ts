/** Every workspace that the app has open, each once, however many windows ask for it. */
import type { Desk } from './desk.ts'

/** See the head of this file. */
export class Desks {
  readonly #opening = new Map<string, Promise<Desk>>()
  readonly #open = new Map<string, Desk>()

  /** A workspace that is open. */
  get(workspace: string): Desk | undefined {
    return this.#open.get(workspace)
  }

  /** All of them. */
  list(): Desk[] {
    return [...this.#open.values()]
  }

  /** Opens a workspace, unless it is; one that could not be opened is tried again. @throws what `open` rejects with */
  async open(workspace: string, open: () => Promise<Desk>): Promise<Desk> {
    const known = this.#opening.get(workspace)
    if (known) return await known
    const opening = open()
    this.#opening.set(workspace, opening)
    try {
      const desk = await opening
      if (this.#opening.get(workspace) === opening) this.#open.set(workspace, desk)
      return desk
    } catch (error) {
      if (this.#opening.get(workspace) === opening) this.#opening.delete(workspace)
      throw error
    }
  }

  /** Closes a workspace, also one that is being opened. */
  async close(workspace: string): Promise<void> {
    const opening = this.#opening.get(workspace)
    this.#opening.delete(workspace)
    this.#open.delete(workspace)
    const desk = await opening?.catch(() => undefined) // it is closed already
    await desk?.close()
  }

  /** Closes everything; what cannot be closed keeps nothing else from it. @throws AggregateError */
  async closeAll(): Promise<void> {
    const closed = await Promise.allSettled([...this.#opening.keys()].map(workspace => this.close(workspace)))
    const reasons = closed.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    if (reasons.length > 0) throw new AggregateError(reasons, 'Not every workspace could be closed.')
  }
}
