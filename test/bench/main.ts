/** The benchmarks: `npm run bench -- [--only <name>] [--json]`. See docs/benchmarks.md. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { append } from './append.ts'
import { browser } from './browser.ts'
import { command } from './command.ts'
import { consolePage } from './console.ts'
import type { Benchmark, Row } from './measure.ts'
import { memory } from './memory.ts'
import { queue } from './queue.ts'
import { newest, opening } from './reading.ts'
import { json, machineLine, table } from './report.ts'
import { hop, sends } from './wire.ts'

const BENCHMARKS: readonly Benchmark[] = [
  append,
  newest,
  opening,
  queue,
  sends,
  hop,
  memory,
  command,
  browser,
  consolePage,
]

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'boolean' } } })
const chosen = BENCHMARKS.filter(({ name }) => values.only?.includes(name) ?? true)
if (chosen.length === 0) throw new TypeError(`--only takes one of ${BENCHMARKS.map(({ name }) => name).join(', ')}.`)
const rows: Row[] = []
for (const benchmark of chosen) rows.push(...(await runIn(benchmark)))
process.stdout.write(values.json ? `${json(rows)}\n` : `\n${machineLine()}\n\n${table(rows)}\n`)

async function runIn({ name, run }: Benchmark): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), `im-client-bench-${name}-`))
  try {
    return await run({ folder, progress: step => process.stderr.write(`${name}: ${step}\n`) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
