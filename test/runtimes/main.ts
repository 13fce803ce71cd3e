/** The core on other runtimes: `npm run test:runtimes [-- --only <runtime>]`. Fails where a runtime cannot be had. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { memoryStorage } from 'im-client'
import { serveIM } from 'im-client/adapters/node'
import { installPackage, installRuntime } from './installs.ts'
import { ProcessRows } from './process-rows.ts'
import { ProcessRuntime } from './process-runtime.ts'
import { type Row, sum, table } from './table.ts'
import { RUNTIMES, type RuntimePackage } from './versions.ts'
import { workerdRows } from './workerd-rows.ts'

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
const isChosen = (name: string) => values.only?.includes(name) ?? true
const names = [...new Set(RUNTIMES.map(({ name }) => name))]
const unknown = values.only?.find(name => !names.includes(name))
if (unknown !== undefined) throw new TypeError(`--only takes one of ${names.join(', ')}, not ${unknown}.`)

const folder = await mkdtemp(join(tmpdir(), 'im-client-runtimes-'))
const server = await serveIM({ storage: memoryStorage() })
const rows: Row[] = []
try {
  progress('installing this package as a user would')
  await installPackage(folder)
  rows.push(...(await here()))
  for (const one of RUNTIMES) rows.push(...(await rowsOf(one)))
} finally {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write(`\n${table(rows)}\n`)
if (sum(rows).failed > 0) process.exitCode = 1

/** The Node that runs this. */
async function here(): Promise<Row[]> {
  const one = { runtime: 'node', name: 'node', version: process.versions.node } as const
  return isChosen('node') ? await processRows(one, process.execPath) : [notAskedFor(one)]
}

async function rowsOf(one: RuntimePackage): Promise<Row[]> {
  const { name, version } = one
  if (!isChosen(name)) return [notAskedFor(one)]
  const installed = await installRuntime(one, progress)
  if ('failure' in installed) {
    progress(`${name} ${version} ${installed.failure}`)
    const outcomes = [{ name: 'It can be installed', passed: false, error: installed.failure }]
    return [{ ...wholeOf(one), outcomes }]
  }
  const { program } = installed
  if (name !== 'workerd') return processRows(one, program)
  return workerdRows({ version, program, folder, serverUrl: server.url, progress })
}

function notAskedFor(one: RuntimePackage): Row {
  return { ...wholeOf(one), outcomes: [], leftOut: 'not asked for' }
}

/** The row of a runtime of which nothing was run. */
function wholeOf({ name, version }: RuntimePackage) {
  return { runtime: name, version, storage: 'all', suite: 'all' }
}

function processRows({ runtime, version, parameters = [] }: RuntimePackage, program: string): Promise<Row[]> {
  const subject = new ProcessRuntime({ runtime, version, parameters, program, folder })
  return new ProcessRows({ runtime: subject, names: { runtime, version }, serverUrl: server.url, progress }).all()
}

function progress(step: string): void {
  process.stderr.write(`${step}\n`)
}
