/** What the command installs: runtimes into folders that stay for the next run, the package into one that does not. */
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RuntimePackage } from './versions.ts'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const INSTALL_TIMEOUT_MS = 10 * 60_000

/** The path of a runtime's program, or why there is none. */
export type Installed = { readonly program: string } | { readonly failure: string }

/** Installs a runtime, unless a former run has. */
export async function installRuntime(
  { name, version }: RuntimePackage,
  progress: (step: string) => void,
): Promise<Installed> {
  const folder = join(tmpdir(), 'im-client-runtimes', `${name}-${version}`)
  const program = join(folder, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
  try {
    if (await answers(program)) return { program }
    progress(`installing ${name} ${version} into ${folder}`)
    await mkdir(folder, { recursive: true })
    await npm(folder, 'install', '--prefix', folder, `${name}@${version}`)
    await run(program, ['--version'], { timeout: INSTALL_TIMEOUT_MS })
    return { program }
  } catch (error) {
    await rm(folder, { recursive: true, force: true }) // half of an install would be taken for one
    const [what, why = what] = String(error instanceof Error ? error.message : error).split('\n') // the command, then what it said
    return { failure: `could not be installed (${why})` }
  }
}

async function answers(program: string): Promise<boolean> {
  try {
    await stat(program)
    await run(program, ['--version'], { timeout: INSTALL_TIMEOUT_MS })
    return true
  } catch {
    return false
  }
}

/**
 * Packs this package and installs it, with the programs of the suites beside it, as a user would have them. Outside of this
 * repository: Bun takes the paths of a tsconfig.json above a program for its own, and would run the sources.
 */
export async function installPackage(folder: string): Promise<void> {
  await npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder)
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack has made no tarball.')
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  await npm(folder, 'install', '--prefer-offline', join(folder, tarball))
  await cp(fileURLToPath(new URL('./programs', import.meta.url)), join(folder, 'programs'), { recursive: true })
}

async function npm(cwd: string, ...parameters: string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel', 'error']
  await run('npm', [...parameters, ...quiet], { cwd, timeout: INSTALL_TIMEOUT_MS })
}
