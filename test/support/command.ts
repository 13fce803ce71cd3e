/** The built command `im-client`, run as a person or a script runs it: in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'

const COMMAND = resolve('dist/command/main.js')

/** How a command ended, and what it said. */
export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a command is given besides its arguments. Of this process's environment it sees PATH alone. */
export interface CommandSetting {
  readonly env?: Readonly<Record<string, string>>
  /** Its standard input; empty by default. */
  readonly input?: string
  readonly cwd?: string
}

/** A process that runs; ended with the test, and its own processes with it. */
export class RunningCommand {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #ended: Promise<CommandResult>
  readonly #listeners = new Set<() => void>()
  #stdout = ''
  #stderr = ''
  #over = false

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#process = child
    child.stdin.on('error', () => {}) // a command that has ended reads no more
    child.stdout.setEncoding('utf8').on('data', text => this.#take(() => (this.#stdout += text)))
    child.stderr.setEncoding('utf8').on('data', text => this.#take(() => (this.#stderr += text)))
    this.#ended = once(child, 'close').then(([code]) => {
      this.#take(() => (this.#over = true))
      return { code, stdout: this.#stdout, stderr: this.#stderr }
    })
    onTestFinished(async () => {
      child.kill('SIGTERM')
      await this.#ended
    })
  }

  /** Starts any program. */
  static start(program: string, args: readonly string[], { env, input, cwd }: CommandSetting = {}): RunningCommand {
    const { PATH = '' } = process.env
    const running = new RunningCommand(
      spawn(program, args, { env: { PATH, ...env }, stdio: 'pipe', ...(cwd ? { cwd } : {}) }),
    )
    running.#process.stdin.end(input ?? '')
    return running
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Resolves with the first match in what it has said. @throws where it ends without */
  async said(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout + this.#stderr)
      if (match) return match
      if (this.#over) throw new Error(`It ended without saying ${pattern}: ${this.#stdout}${this.#stderr}`)
      await new Promise<void>(resolve => this.#listeners.add(resolve))
    }
  }

  /** Sends a signal, for instance what Ctrl-C sends. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Reads no more of what it says, as `head` does when it has enough. */
  stopReading(): void {
    this.#process.stdout.destroy()
  }

  ended(): Promise<CommandResult> {
    return this.#ended
  }

  #take(change: () => void): void {
    change()
    for (const listener of [...this.#listeners]) listener()
    this.#listeners.clear()
  }
}

/** Starts `im-client`. */
export function startCommand(args: readonly string[], setting?: CommandSetting): RunningCommand {
  if (!existsSync(COMMAND)) throw new Error('The command is not built: npm run build')
  return RunningCommand.start(process.execPath, [COMMAND, ...args], setting)
}

/** Runs `im-client` to its end. */
export function runCommand(args: readonly string[], setting?: CommandSetting): Promise<CommandResult> {
  return startCommand(args, setting).ended()
}

/** What `--json` printed: one value a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>)
}
