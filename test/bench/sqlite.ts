/** better-sqlite3, which is nobody's dependency here: installed when it is first asked for, into a temporary folder. */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const PACKAGE = 'better-sqlite3'
const VERSION = '12'

/** Without a prebuilt binary it is compiled. */
const INSTALL_TIMEOUT_MS = 10 * 60_000

interface Statement {
  run(...values: (string | number)[]): unknown
}

interface Database {
  pragma(text: string): unknown
  exec(text: string): unknown
  prepare(text: string): Statement
  close(): void
}

/** What the package exports, as far as it is used here. */
export type SqliteModule = new (path: string) => Database

/** The module, or why there is none. The folder stays for the next run. */
export async function installSqlite(
  progress: (step: string) => void,
): Promise<{ readonly module: SqliteModule } | { readonly failure: string }> {
  const folder = join(tmpdir(), `im-client-bench-${PACKAGE}-${VERSION}`)
  try {
    return { module: load(folder) }
  } catch {
    progress(`installing ${PACKAGE} into ${folder}`) // not there yet, or for another version of Node
  }
  try {
    await mkdir(folder, { recursive: true })
    const parameters = ['install', '--prefix', folder, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`]
    await promisify(execFile)('npm', parameters, { timeout: INSTALL_TIMEOUT_MS })
    return { module: load(folder) }
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    return { failure: `${PACKAGE} could not be installed (${reason})` }
  }
}

function load(folder: string): SqliteModule {
  const module = createRequire(join(folder, 'package.json'))(PACKAGE) as SqliteModule
  new module(':memory:').close() // a binary for another version of Node fails here, not before
  return module
}
