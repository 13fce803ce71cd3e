/** Durable appends by many writers at once: the fs adapter, one bare file that commits in groups, SQLite. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitQueue } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { alternate, type BenchContext, type Benchmark, perSecond, type Row, timed } from './measure.ts'
import { sampleMessage } from './sample-message.ts'
import { installSqlite, type SqliteModule } from './sqlite.ts'

const WRITERS = 256
const CONVERSATIONS = 64
const APPENDS = 100_000
const TRANSACTIONS = 2000
const ROUNDS = 5

/** One message after the other, the conversations in turn. */
function* messages(): Generator<ReturnType<typeof sampleMessage>, never> {
  for (let number = 0; ; number++) {
    const conversation = `conversation-${number % CONVERSATIONS}`
    yield sampleMessage(conversation, 1 + Math.floor(number / CONVERSATIONS))
  }
}

async function storageAppends(workspace: string): Promise<number> {
  const storage = fsStorage(workspace)
  await storage.open()
  const source = messages()
  const rate = await perSecond(APPENDS, WRITERS, () => {
    const { value } = source.next()
    return storage.write([{ type: 'put', key: ['events', value.conversationId, value.seq], value }])
  })
  await storage.close()
  return rate
}

async function bareAppends(path: string): Promise<number> {
  const file = await open(path, 'a')
  const queue = new CommitQueue<string, undefined>(lines => appendGroup(file, lines))
  const source = messages()
  const rate = await perSecond(APPENDS, WRITERS, () => queue.add(`${JSON.stringify(source.next().value)}\n`))
  await file.close()
  return rate
}

async function appendGroup(file: FileHandle, lines: readonly string[]): Promise<undefined[]> {
  await file.write(Buffer.from(lines.join('')))
  await file.datasync()
  return []
}

async function sqliteAppends(Database: SqliteModule, path: string): Promise<number> {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE events (conversation TEXT, seq INTEGER, value TEXT, PRIMARY KEY (conversation, seq))')
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?)')
  const source = messages()
  const elapsedMs = await timed(async () => {
    for (let left = TRANSACTIONS; left > 0; left--) {
      const { value } = source.next()
      insert.run(value.conversationId, value.seq, JSON.stringify(value))
    }
  })
  database.close()
  return (TRANSACTIONS / elapsedMs) * 1000
}

async function run({ folder, progress }: BenchContext): Promise<Row[]> {
  const what = `durable appends, ${WRITERS} writers, ${CONVERSATIONS} conversations`
  const unit = 'messages/s'
  const ours = (name: string) => (round: number) => storageAppends(join(folder, `${name}${round}`))
  const bare = (round: number) => bareAppends(join(folder, `bare${round}.jsonl`))
  const againstFile = await alternate(ours('a'), bare, { rounds: ROUNDS, progress })
  const rows: Row[] = [{ what, against: 'one bare file', unit, ...againstFile, goal: { atLeast: 0.5 } }]
  const sqlite = await installSqlite(progress)
  if ('failure' in sqlite) return [...rows, { what: `${what}, against SQLite`, skipped: sqlite.failure }]
  const database = (round: number) => sqliteAppends(sqlite.module, join(folder, `${round}.db`))
  const againstSqlite = await alternate(ours('b'), database, { rounds: 3, progress })
  const against = 'SQLite (WAL, FULL), a transaction for each'
  return [...rows, { what, against, unit, ...againstSqlite, goal: { atLeast: 10 } }]
}

/** See the head of this file. */
export const append: Benchmark = { name: 'append', run }
