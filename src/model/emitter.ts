/** Events to whoever listens. A listener that throws, at once or later, harms neither the emitter nor the other listeners. */

/** Receives the payload of one event. A promise that it returns is not waited for. */
export type Listener<T> = (payload: T) => void

/** A typed emitter: `Events` maps names to payloads. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()
  readonly #onThrow: (error: unknown) => void
  #reporting = false
  /** Told of each name to which somebody listens for the first time. */
  onHeard: ((name: keyof Events) => void) | undefined

  /** `onThrow` is told what a listener threw; what listeners throw at its own report has nobody left to be told. */
  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow
  }

  /** Listens; the returned function takes it back. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    if (!this.isHeard(name)) this.onHeard?.(name)
    this.#listeners.set(name, listeners)
    const own: Listener<Events[Name]> = payload => listener(payload) // the same function may listen twice
    listeners.add(own)
    return () => {
      if (listeners.delete(own) && listeners.size === 0) this.#listeners.delete(name)
    }
  }

  /** Whether anybody listens. */
  isHeard(name: keyof Events): boolean {
    return this.#listeners.has(name)
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const report = this.#reporting ? () => {} : (error: unknown) => this.#report(error) // later than now, too
    for (const listener of [...(this.#listeners.get(name) ?? [])] as Listener<Events[Name]>[]) {
      try {
        const returned: unknown = listener(payload)
        if (returned instanceof Promise) returned.catch(report)
      } catch (error) {
        report(error)
      }
    }
  }

  #report(error: unknown): void {
    this.#reporting = true
    this.#onThrow(error)
    this.#reporting = false
  }
}
