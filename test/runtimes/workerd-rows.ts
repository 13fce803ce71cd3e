/** What workerd can run, and why not the rest. */
import { networkBefore } from './network.ts'
import type { Outcome } from './programs/outcome.ts'
import type { Row } from './table.ts'
import { WorkerdRuntime } from './workerd.ts'

/** What the rows are made of. */
export interface WorkerdRowsOptions {
  readonly version: string
  readonly program: string
  /** Where the package is installed, and the programs of the suites. */
  readonly folder: string
  readonly serverUrl: string
  readonly progress: (step: string) => void
}

/** Runs the suites over memory. */
export async function workerdRows({
  version,
  program,
  folder,
  serverUrl,
  progress,
}: WorkerdRowsOptions): Promise<Row[]> {
  const base = { runtime: 'workerd', version }
  const suites: Row[] = []
  for (const suite of ['conformance', 'conversation'] as const) {
    progress(`workerd ${version}: ${suite}, memory`)
    const network = await networkBefore(serverUrl)
    const options = { suite, storage: 'memory', run: 'workerd', url: network.url, control: network.control } as const
    const outcomes = await inWorker(program, folder, worker => worker.run(options))
    await network.close()
    suites.push({ ...base, suite, storage: 'memory', outcomes })
  }
  const files = 'workerd has no files that last'
  return [
    ...suites,
    { ...base, suite: 'conformance, conversation', storage: 'files', outcomes: [], leftOut: files },
    {
      ...base,
      suite: 'own server',
      storage: 'memory',
      outcomes: [],
      leftOut: 'not tested: `serveIM` is built on `node:http`',
    },
    { ...base, suite: 'workspace, command', storage: 'files', outcomes: [], leftOut: 'workerd has no processes' },
  ]
}

async function inWorker(
  program: string,
  folder: string,
  run: (worker: WorkerdRuntime) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  try {
    const worker = await WorkerdRuntime.start(program, folder)
    try {
      return await run(worker)
    } finally {
      await worker.stop()
    }
  } catch (error) {
    return [{ name: 'The suite runs', passed: false, error: String(error) }]
  }
}
