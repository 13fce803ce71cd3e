/** IndexedDB in Chromium: the adapter against bare `idb` and against Dexie, in one page, on a profile on disk. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright'
import { chromiumLaunch } from '../browser/installed.ts'
import { alternate, type BenchContext, type Benchmark, type Row } from './measure.ts'

const FILLING = { count: 10_000, batch: 100 }
const HISTORY = { count: 100_000, batch: 10_000 }
const NEWEST = { times: 60, limit: 50, count: HISTORY.count }
const FILLING_ROUNDS = 7

/** Many short rounds: what disturbs the machine for a second then disturbs few of them. */
const NEWEST_ROUNDS = 25

/** Messages stored and read in a browser. */
export const browser: Benchmark = {
  name: 'browser',
  run: async context => {
    const { page, close } = await openPage(context.folder)
    try {
      return [...(await filling(page, context)), ...(await newest(page, context))]
    } finally {
      await close()
    }
  },
}

async function filling(page: Page, { progress }: BenchContext): Promise<Row[]> {
  const what = `${FILLING.count.toLocaleString('en')} messages stored strictly, ${FILLING.batch} a batch, in Chromium`
  const side = (name: string) => (round: number) => call(page, 'fill', [name, `${name}-${round}`, FILLING])
  const idb = await alternate(side('adapter'), side('idb'), { rounds: FILLING_ROUNDS, progress })
  const dexie = await alternate(side('adapter'), side('dexie'), { rounds: FILLING_ROUNDS, progress })
  return [
    { what, against: 'bare idb, a transaction for each batch', unit: 'ms', ...idb, goal: { atMost: 1.3 } },
    { what, against: 'Dexie, bulkPut', unit: 'ms', ...dexie },
  ]
}

async function newest(page: Page, { progress }: BenchContext): Promise<Row[]> {
  const what = `newest ${NEWEST.limit} of ${NEWEST.count.toLocaleString('en')}, in Chromium`
  progress(`storing ${NEWEST.count} messages on each side`)
  for (const name of ['adapter', 'idb', 'dexie']) {
    await call(page, 'fill', [name, `history-${name}`, { ...HISTORY, keep: true }])
  }
  const side = (name: string) => () => call(page, 'read', [name, `history-${name}`, NEWEST])
  const idb = await alternate(side('adapter'), side('idb'), { rounds: NEWEST_ROUNDS, progress })
  const dexie = await alternate(side('adapter'), side('dexie'), { rounds: NEWEST_ROUNDS, progress })
  return [
    { what, against: 'bare getAll on the range of these keys', unit: 'ms', ...idb, goal: { atMost: 1.5 } },
    { what, against: 'Dexie, reverse and limit', unit: 'ms', ...dexie },
  ]
}

/** Calls a step of the program in the page. */
async function call(page: Page, step: 'fill' | 'read', parameters: readonly unknown[]): Promise<number> {
  return await page.evaluate(`bench.${step}(...${JSON.stringify(parameters)})`)
}

async function openPage(folder: string) {
  const program = fileURLToPath(new URL('./programs/indexeddb-page.js', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  const server = createServer((request, response) => {
    const script = request.url === '/page.js'
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ? outputFiles[0]?.text : '<script type="module" src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), chromiumLaunch())
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const close = async () => {
    await context.close()
    server.close()
  }
  return { page, close }
}
