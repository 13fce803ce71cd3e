/** Second starts of the app and links into it: those that come before the app is ready are done when it is. */

/** What is done of them. */
export interface ArrivalsApp {
  start(conversationId?: string): Promise<void>
  activate(): void
  openConversation(conversationId: string): Promise<void>
}

/** See the head of this file. */
export class Arrivals {
  #early: string | undefined
  #app: ArrivalsApp | undefined

  /** @param conversationId what the app itself was started with */
  constructor(conversationId: string | undefined) {
    this.#early = conversationId
  }

  /** The app begins, with the link that came last. */
  async begin(app: ArrivalsApp): Promise<void> {
    const early = this.#early
    this.#early = undefined
    await app.start(early)
    this.#app = app
    if (this.#early !== undefined) this.arrive(this.#early) // while it began
  }

  /** Somebody has followed a link, or has only started the app once more. */
  arrive(conversationId: string | undefined): void {
    if (!this.#app) this.#early = conversationId ?? this.#early
    else if (conversationId === undefined) this.#app.activate()
    else void this.#app.openConversation(conversationId)
  }
}
