/** A runtime whose programs are processes: Node, Bun, Deno. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ReportingProgram } from '../support/reporting-program.ts'
import type { Outcome } from './programs/outcome.ts'
import type { SuiteOptions } from './programs/suites.ts'
import type { RuntimeName } from './versions.ts'

/** Longer than any suite takes on a busy machine, in milliseconds. */
const SUITE_TIMEOUT_MS = 5 * 60_000

/** How soon a program ends by itself once its clients are closed, in milliseconds. */
const EXIT_MS = 5_000

/** How to start the programs of a runtime. */
export interface ProcessRuntimeOptions {
  readonly runtime: RuntimeName
  readonly version: string
  readonly program: string
  readonly parameters?: readonly string[]
  /** Where the package is installed, and the programs of the suites. */
  readonly folder: string
}

/** See the head of this file. */
export class ProcessRuntime {
  readonly #options: ProcessRuntimeOptions

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options
  }

  /** Starts a program of `programs/`. @throws Error where it is not of this runtime in this version */
  async start(name: string, ...parameters: string[]): Promise<ReportingProgram> {
    const { program, folder, parameters: first = [], runtime, version } = this.#options
    const path = join(folder, 'programs', `${name}.js`)
    const running = ReportingProgram.run(program, [...first, path, ...parameters])
    try {
      const said = await running.report('runtime')
      if (said['runtime'] === runtime && said['version'] === version) return running
      throw new Error(`This is ${said['runtime']} ${said['version']}, not ${runtime} ${version}.`)
    } catch (error) {
      await running.kill()
      throw error
    }
  }

  /** Runs a suite in a process of its own. What the process did not tell of has failed. */
  async run(options: SuiteOptions): Promise<Outcome[]> {
    const program = await this.start('suite', JSON.stringify(options))
    const timer = setTimeout(() => void program.kill(), SUITE_TIMEOUT_MS)
    try {
      const { names } = await program.report('cases')
      const ended = await program.report('end').catch((error: Error) => error)
      const outcomes = program.reports
        .filter(({ event }) => event === 'outcome')
        .map(told => told as unknown as Outcome)
      const untold = (names as string[]).slice(outcomes.length)
      const error = ended instanceof Error ? ended.message : 'The program did not tell.'
      outcomes.push(...untold.map(name => ({ name, passed: false, error })))
      return [...outcomes, await this.#exit(program)]
    } finally {
      clearTimeout(timer)
      await program.kill()
    }
  }

  /** Runs the command `im-client` to its end. */
  async command(...parameters: string[]): Promise<string> {
    const { program, folder, parameters: first = [] } = this.#options
    const path = join(folder, 'node_modules/im-client/dist/command/main.js')
    const timeout = SUITE_TIMEOUT_MS
    const { stdout } = await promisify(execFile)(program, [...first, path, ...parameters], { timeout, cwd: folder })
    return stdout
  }

  async #exit(program: ReportingProgram): Promise<Outcome> {
    const name = 'The process ends by itself'
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(() => resolve('late'), EXIT_MS)
    })
    const ended = await Promise.race([program.ended(), late])
    clearTimeout(timer)
    if (ended === 'late') return { name, passed: false, error: `It still ran after ${EXIT_MS} ms.` }
    const { exitCode, errors } = program
    if (exitCode === 0 && errors === '') return { name, passed: true }
    return { name, passed: false, error: `It ended with ${exitCode} and said: ${errors}` }
  }
}
