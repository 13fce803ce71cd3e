/** Runs a program of `test/support/programs` in a process of its own, which a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'
import { afterAll, onTestFinished } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = ['src', 'adapters/fs', 'test/support/programs']

/** A program that runs. */
export interface RunningProgram {
  readonly process: ChildProcess
  /** What it prints, line by line. */
  readonly lines: AsyncIterableIterator<string>
  /** Kills it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>
}

/** Compiles the programs, with what they may import, for the tests of one file. Gives what starts one. */
export function childPrograms(): (name: string, ...parameters: string[]) => RunningProgram {
  const folder = mkdtempSync(join(tmpdir(), 'im-client-programs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const part of PARTS) compile(join(ROOT, part), folder)
  return (name, ...parameters) => start(join(folder, 'test/support/programs', `${name}.js`), parameters)
}

function compile(from: string, folder: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const path = join(from, entry.name)
    if (entry.isDirectory()) compile(path, folder)
    else if (entry.name.endsWith('.ts')) {
      const to = join(folder, relative(ROOT, path)).replace(/\.ts$/, '.js')
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, transpile(readFileSync(path, 'utf8')))
    }
  }
}

function transpile(source: string): string {
  const compilerOptions = {
    module: ModuleKind.ESNext,
    target: ScriptTarget.ES2022,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
  }
  return transpileModule(source, { compilerOptions }).outputText
}

function start(path: string, parameters: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), kill }
}
