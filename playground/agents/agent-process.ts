/** An agent in a process of its own, started again when it ends by itself: try `kill -9`. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Where an agent's workspace and its server are. */
export interface AgentPlaces {
  readonly workspace: string
  readonly server: string
}

/** How long an agent has to stop before it is killed, in milliseconds. */
const STOP_MS = 2000
/** The pause before an agent that ended is started again, in milliseconds. */
const RESTART_MS = 500

/** One agent, from its start to its stop. */
export class AgentProcess {
  readonly #name: string
  readonly #places: AgentPlaces
  #process: ChildProcess | undefined
  #stopped = false

  constructor(name: string, places: AgentPlaces) {
    this.#name = name
    this.#places = places
  }

  /** Resolves when the agent is connected, or the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const { workspace, server } = this.#places
    const path = fileURLToPath(new URL(`./${this.#name}.js`, import.meta.url))
    const env = { ...process.env, IM_WORKSPACE: workspace, IM_SERVER: server }
    const child = fork(path, { env })
    this.#process = child
    child.once('exit', (code, by) => void this.#ended(by ?? `code ${code}`, signal))
    await Promise.race([once(child, 'message', { signal }), once(child, 'exit')]).catch(() => {
      // asked to stop before it was connected
    })
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopped = true
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const late = new AbortController()
    setTimeout(STOP_MS, undefined, { signal: late.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined, // it stopped in time
    )
    await exited
    late.abort()
  }

  async #ended(how: string, signal: AbortSignal): Promise<void> {
    if (this.#stopped || signal.aborted) return
    console.log(`${this.#name} ended (${how}); starting it again.`)
    await setTimeout(RESTART_MS)
    if (!this.#stopped) await this.start(signal)
  }
}
