#!/usr/bin/env node
/** The command `im-client`. */
import { CommanderError } from 'commander'
import { EXIT_CODE, Failed, Interrupted, UsageError } from './exit-code.ts'
import { describeProblem } from './problem.ts'
import { createProgram } from './program.ts'
import { Terminal } from './terminal.ts'

const interruption = new AbortController()
const { stdout, stderr, env, argv } = process
const optionsEnd = argv.indexOf('--')
const json = argv.slice(0, optionsEnd < 0 ? argv.length : optionsEnd).includes('--json')
const terminal = new Terminal({ json, stdout, stderr, env, onUnread: interrupt })

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (interruption.signal.aborted) process.exit(EXIT_CODE.interrupted) // asked twice: whoever asks cannot wait
    interrupt()
  })
}
process.exitCode = await run()

async function run(): Promise<number> {
  try {
    const program = await createProgram({ terminal, signal: interruption.signal }, argv)
    await program.parseAsync(argv)
    return EXIT_CODE.ok
  } catch (error) {
    return exitCodeOf(error)
  }
}

/** Tells what went wrong, unless it was told already or was wished for, and how to exit. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_CODE.interrupted
  if (error instanceof Failed) return error.exitCode
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode && EXIT_CODE.usage
    return exitCodeOf(new UsageError(error.message.replace(/^error: /, '')))
  }
  const problem = describeProblem(error)
  terminal.fail(problem)
  return problem.exitCode
}

function interrupt(): void {
  interruption.abort(new Interrupted('The command was interrupted.'))
}
