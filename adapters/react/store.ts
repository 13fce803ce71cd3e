/** What a component sees of a client: read when the first looks at it, kept true by the client's changes, let go with the last. */
import type { Change, IMClient, IMError } from '../../src/index.ts'

/** What every store shows beside its own. */
export interface Loadable {
  /** Nothing was read yet. */
  readonly isLoading: boolean
  /** Why the last reading failed; what was read before is still there. */
  readonly error?: IMError | undefined
}

/** What has changed since the last reading; `undefined` among it stands for everything. */
export type News = readonly (Change | undefined)[]

/** See the head of this file. Everything is read one after the other, so that nothing old comes after what is newer. */
export abstract class Store<State extends Loadable> {
  protected readonly client: IMClient
  /** Of what it is the state, where there are several. */
  protected readonly id: string
  #state: State
  readonly #listeners = new Set<() => void>()
  #leave: (() => void) | undefined
  #reading: Promise<void> = Promise.resolve()
  #news: (Change | undefined)[] = []
  /** Comes first at the next reading: everything, where the last one has failed. */
  #missed: News = []

  constructor(client: IMClient, { initial, id }: { readonly initial: State; readonly id: string }) {
    this.client = client
    this.id = id
    this.#state = initial
  }

  /** The same object until something changes. */
  get state(): State {
    return this.#state
  }

  /**
   * Tells of every new state; each listener is a function of its own. `onIdle` is called when nobody has looked at it for a moment: effects may run twice, and a
   * component may come in another's place.
   */
  subscribe(listener: () => void, onIdle: () => void): () => void {
    this.#listeners.add(listener)
    if (!this.#leave) {
      this.#leave = this.listen()
      this.note(undefined)
    }
    return () => {
      this.#listeners.delete(listener)
      queueMicrotask(() => {
        if (this.#listeners.size > 0 || !this.#leave) return
        this.#leave()
        this.#leave = undefined
        onIdle()
      })
    }
  }

  /** Listens to the client before anything is read; gives the way to stop. */
  protected listen(): () => void {
    return this.client.on('change', change => {
      if (this.concerns(change)) this.note(change)
    })
  }

  /** Whether a change can be seen here. */
  protected abstract concerns(change: Change): boolean

  /** Reads what has changed; gives what is new. */
  protected abstract read(news: News): Promise<Partial<State>>

  /** Reads it soon, together with what comes meanwhile. */
  protected note(change: Change | undefined): void {
    if (this.#news.push(change) > 1) return
    void this.enqueue(async () => {
      const news = [...this.#missed, ...this.#news]
      this.#news = []
      this.#missed = [undefined]
      const state = await this.read(news)
      this.#missed = []
      return state
    })
  }

  /** Does something once what was begun before is done, and shows what it gives. A failure is part of the state. */
  protected enqueue(task: () => Promise<Partial<State>>): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      if (!this.#leave) return
      try {
        this.show({ isLoading: false, error: undefined, ...(await task()) })
      } catch (error) {
        this.show({ isLoading: false, error } as Partial<State>)
      }
    })
    return this.#reading
  }

  /** Shows a new state, where it is one. */
  protected show(part: Partial<State>): void {
    const names = Object.keys(part) as (keyof State)[]
    if (names.every(name => part[name] === this.#state[name])) return
    this.#state = { ...this.#state, ...part }
    for (const listener of this.#listeners) listener()
  }
}
