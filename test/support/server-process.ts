/** The real server as a process of its own, which can be killed and started anew on the same port and data. */

import type { ServerProgramOptions } from './programs/server.ts'
import { ReportingProgram } from './reporting-program.ts'

/** A server that comes back where it was. */
export class ServerProcess {
  readonly #options: ServerProgramOptions
  #program: ReportingProgram | undefined
  #port: number
  #errors = ''

  constructor(options: ServerProgramOptions) {
    this.#options = options
    this.#port = options.port ?? 0
  }

  /** Where it listens; the same after a restart. */
  get port(): number {
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** What it wrote to its standard error, over all its lives. */
  get errors(): string {
    return this.#errors + (this.#program?.errors ?? '')
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    this.#program = ReportingProgram.start('server', { ...this.#options, port: this.#port })
    const { url } = await this.#program.report('listening')
    this.#port = Number(new URL(String(url)).port)
  }

  /** Ends it without a word, as a power cut of its process would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const program = this.#program
    this.#program = undefined
    if (!program) return
    await program.kill(signal)
    this.#errors += program.errors
  }
}
