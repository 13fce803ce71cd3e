/** A program of `programs/`, compiled with the project, as a process of its own that reports what it does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** Something that a program says: one JSON object a line of its standard output. */
export type Report = Readonly<Record<string, unknown>> & { readonly event: string }

type Listener = (report: Report | undefined) => void

/** A process of this project's, until it ends. */
export class ReportingProgram {
  /** Everything that it has said. */
  readonly reports: Report[] = []
  readonly #process: ChildProcess
  readonly #ended: Promise<void>
  readonly #listeners = new Set<Listener>()
  #errors = ''
  #over = false

  private constructor(child: ChildProcess) {
    this.#process = child
    this.#ended = once(child, 'close').then(() => this.#end())
  }

  /** Starts `programs/<name>.ts` with options that it reads from its command line. */
  static start(name: string, options: object): ReportingProgram {
    const path = resolve('dist/test/support/programs', `${name}.js`)
    return ReportingProgram.run(process.execPath, [path, JSON.stringify(options)])
  }

  /** Starts any program that speaks as those do. */
  static run(command: string, parameters: readonly string[]): ReportingProgram {
    const child = spawn(command, parameters, { stdio: 'pipe' })
    const program = new ReportingProgram(child)
    child.stdin.on('error', () => {}) // a program that was killed reads no more
    child.stderr.on('data', data => {
      program.#errors += data
    })
    createInterface(child.stdout).on('line', line => program.#said(line))
    return program
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** What it wrote to its standard error. */
  get errors(): string {
    return this.#errors
  }

  /** How it ended; `null` while it runs, and after a signal. */
  get exitCode(): number | null {
    return this.#process.exitCode
  }

  /** The first report of this kind, also where it came already. @throws where the program ends without it */
  report(event: string): Promise<Report> {
    return this.reportsOf(event, 1)
  }

  /** The report of this kind that is the `count`-th, also where it came already. @throws as {@link report} */
  reportsOf(event: string, count: number): Promise<Report> {
    const said = this.reports.filter(report => report.event === event)
    const found = said[count - 1]
    if (found) return Promise.resolve(found)
    let missing = count - said.length
    return new Promise((resolve, reject) => {
      const listener: Listener = report => {
        if (report && (report.event !== event || --missing > 0)) return
        this.#listeners.delete(listener)
        if (report) resolve(report)
        else reject(new Error(`The program ended before it said ${event}. Its errors: ${this.#errors}`))
      }
      this.#listeners.add(listener)
      if (this.#over) listener(undefined)
    })
  }

  /** Tells the program something: a line of its standard input. */
  tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`)
  }

  /** Resolves when the process has ended and everything that it said was read. */
  ended(): Promise<void> {
    return this.#ended
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#process.kill(signal)
    await this.#ended
  }

  #said(line: string): void {
    const report = parse(line)
    if (!report) return
    this.reports.push(report)
    this.#tell(report)
  }

  #end(): void {
    this.#over = true
    this.#tell(undefined)
  }

  #tell(report: Report | undefined): void {
    for (const listener of [...this.#listeners]) listener(report)
  }
}

function parse(line: string): Report | undefined {
  try {
    return JSON.parse(line) as Report
  } catch {
    return undefined // the last line of a process that was killed
  }
}
