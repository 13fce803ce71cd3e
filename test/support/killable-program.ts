/** Runs a program of `test/support/programs` in a process of its own, which a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A program that runs. */
export interface RunningProgram {
  readonly process: ChildProcess
  /** What it prints, line by line. */
  readonly lines: AsyncIterableIterator<string>
  /** Kills it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>
}

/** Starts a program of `programs/`, compiled with the project. It is killed when the test ends. */
export function startProgram(name: string, ...parameters: string[]): RunningProgram {
  const path = resolve('dist/test/support/programs', `${name}.js`)
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), kill }
}
