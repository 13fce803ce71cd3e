/** Who writes to an agent while that is killed again and again. */
import { setTimeout } from 'node:timers/promises'
import { IMClient, memoryStorage } from '../../src/index.ts'
import type { KillLoop } from './kill-loop.ts'

/** A message that the server has accepted. */
export interface SentMessage {
  readonly seq: number
  readonly text: string
}

/** How far the sender may be ahead of an agent that is mostly dead, and how long it waits then: the test must end. */
const MOST_AHEAD = 100
const PAUSE_MS = 5

/** Sends one message after the other, each when the one before was accepted, until it is stopped. */
export class KillsSender {
  /** The seq up to which the server said that the agent had stored everything. */
  delivered = 0
  /** What came back, in order. */
  readonly answers: string[] = []
  readonly #client: IMClient
  readonly #sent: SentMessage[] = []
  #heard = () => {}
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  private constructor(url: string) {
    this.#client = new IMClient({ storage: memoryStorage(), agentId: 'sender', imServerUrl: url, guard: false })
  }

  static async start(url: string, onEnd: KillLoop['onEnd']): Promise<KillsSender> {
    const sender = new KillsSender(url)
    onEnd(() => sender.#client.close())
    sender.#client.on('receipt', ({ delivered = 0 }) => {
      sender.delivered = Math.max(sender.delivered, delivered)
    })
    sender.#client.onMessage(({ text }) => sender.#hear(text))
    await sender.#client.connect()
    sender.#running = sender.#run()
    sender.#running.catch(() => {}) // told to whoever stops it; a loop that failed before closes the client
    return sender
  }

  /** Everything that was sent, in order. */
  async stop(): Promise<readonly SentMessage[]> {
    this.#stopped = true
    await this.#running
    return this.#sent
  }

  /** Resolves when so many answers came. */
  async answered(count: number): Promise<void> {
    while (this.answers.length < count) {
      await new Promise<void>(resolve => {
        this.#heard = resolve
      })
    }
  }

  #hear(text: string): void {
    this.answers.push(text)
    this.#heard()
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      while ((this.#sent.at(-1)?.seq ?? 0) - this.delivered > MOST_AHEAD && !this.#stopped) await setTimeout(PAUSE_MS)
      const text = `第 ${this.#sent.length + 1} 条 \u2028 "\\" ${'x'.repeat(this.#sent.length % 200)}`
      const { id } = await this.#client.sendMessage({ to: 'agent', text })
      const { seq = 0 } = await this.#client.waitForStatus(id, 'accepted')
      this.#sent.push({ seq, text })
    }
  }
}
