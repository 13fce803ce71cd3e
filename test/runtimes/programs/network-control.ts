/** Harms the network between the clients of a case and their server. */

/** What can happen to a network. */
export class NetworkControl {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Cuts every connection and refuses new ones. */
  cut(): Promise<void> {
    return this.#tell('cut')
  }

  /** Swallows what every connection carries, and new ones: each looks well from both sides. */
  swallow(): Promise<void> {
    return this.#tell('swallow')
  }

  /** Lets new connections pass again. */
  mend(): Promise<void> {
    return this.#tell('mend')
  }

  async #tell(command: string): Promise<void> {
    const response = await fetch(`${this.#url}/${command}`, { method: 'POST' })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`The network answered ${response.status} to ${command}.`)
  }
}
