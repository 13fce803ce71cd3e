/** Every suite on a runtime whose programs are processes, one after the other. */
import { commandCases } from './command.ts'
import { networkBefore } from './network.ts'
import type { ProcessRuntime } from './process-runtime.ts'
import { type Case, type Outcome, runCases } from './programs/outcome.ts'
import type { SuiteOptions } from './programs/suites.ts'
import type { Row } from './table.ts'
import { workspaceCases } from './workspace.ts'

/** What the rows are made of. */
export interface ProcessRowsOptions {
  readonly runtime: ProcessRuntime
  readonly names: { readonly runtime: string; readonly version: string }
  /** A server on the Node that runs this. */
  readonly serverUrl: string
  readonly progress: (step: string) => void
}

/** See the head of this file. */
export class ProcessRows {
  readonly #options: ProcessRowsOptions

  constructor(options: ProcessRowsOptions) {
    this.#options = options
  }

  async all(): Promise<Row[]> {
    const { runtime, serverUrl } = this.#options
    return [
      await this.#row('conformance', 'memory', () => this.#suite('conformance', 'memory', serverUrl)),
      await this.#row('conformance', 'files', () => this.#suite('conformance', 'files', serverUrl)),
      await this.#row('conversation', 'memory', () => this.#suite('conversation', 'memory', serverUrl)),
      await this.#row('conversation', 'files', () => this.#suite('conversation', 'files', serverUrl)),
      await this.#row('conversation, own server', 'memory', () => this.#atOwnServer()),
      await this.#row('workspace, with Node', 'files', () => this.#here(workspaceCases(runtime))),
      await this.#row('command', 'files', () => this.#here(commandCases(runtime, serverUrl))),
    ]
  }

  async #row(suite: string, storage: string, run: () => Promise<Outcome[]>): Promise<Row> {
    const { names, progress } = this.#options
    progress(`${names.runtime} ${names.version}: ${suite}, ${storage}`)
    const failed = (error: unknown) => [{ name: 'The suite runs', passed: false, error: String(error) }]
    return { ...names, suite, storage, outcomes: await run().catch(failed) }
  }

  async #suite(suite: SuiteOptions['suite'], storage: SuiteOptions['storage'], serverUrl: string): Promise<Outcome[]> {
    const network = await networkBefore(serverUrl)
    const { runtime, version } = this.#options.names
    try {
      const run = `${runtime}-${version}-${storage}`
      return await this.#options.runtime.run({ suite, storage, run, url: network.url, control: network.control })
    } finally {
      await network.close()
    }
  }

  async #atOwnServer(): Promise<Outcome[]> {
    const server = await this.#options.runtime.start('server')
    try {
      const { url } = await server.report('listening')
      return await this.#suite('conversation', 'memory', String(url))
    } finally {
      await server.kill()
    }
  }

  async #here(cases: readonly Case[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    await runCases(cases, outcome => outcomes.push(outcome))
    return outcomes
  }
}
