/** What an idle client takes: many of them in one process, their server in another, against as many bare connections. */
import { join } from 'node:path'
import { alternate, type BenchContext, type Benchmark, median, type Row } from './measure.ts'
import { Program } from './program.ts'
import type { IdleOptions, IdleReport } from './programs/idle-clients.ts'

const CLIENTS = 1000
const ROUNDS = 3

async function idle(options: IdleOptions): Promise<IdleReport> {
  const program = Program.start('idle-clients', options)
  try {
    return await program.next<IdleReport>()
  } finally {
    await program.stop()
  }
}

async function run({ folder, progress }: BenchContext): Promise<Row[]> {
  const servers = [
    Program.start('im-server', { folder: join(folder, 'server') }),
    Program.start('bare-server'),
  ] as const
  const [{ url: imUrl }, { url: bareUrl }] = await Promise.all([
    servers[0].next<{ url: string }>(),
    servers[1].next<{ url: string }>(),
  ])
  const heap = { ours: [] as number[], other: [] as number[] }
  const ours = async (round: number) => {
    const report = await idle({ kind: 'im', count: CLIENTS, url: imUrl, folder: join(folder, `clients${round}`) })
    heap.ours.push(report.heap)
    return report.rss
  }
  const other = async () => {
    const report = await idle({ kind: 'ws', count: CLIENTS, url: `${bareUrl}/idle`, folder })
    heap.other.push(report.heap)
    return report.rss
  }
  const rss = await alternate(ours, other, { rounds: ROUNDS, warmUp: 0, progress })
  await Promise.all(servers.map(server => server.stop()))
  const row = { against: 'a bare ws connection', unit: 'KB', goal: { atMost: 4 } }
  return [
    { what: 'an idle client of 1,000, resident', ...row, ...rss },
    { what: 'an idle client of 1,000, heap', ...row, ours: median(heap.ours), other: median(heap.other) },
  ]
}

/** See the head of this file. */
export const memory: Benchmark = { name: 'memory', run }
