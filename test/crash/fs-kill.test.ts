import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import type { StorageRepair } from '../../src/storage/contract.ts'
import { startProgram } from '../support/killable-program.ts'
import { checkBatches } from '../support/numbered-batches.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 40

/** Lets the writer run until it has acknowledged some batches, kills it, and gives the highest number acknowledged. */
async function runAndKill(path: string, first: number, batches: number, checkpointLength: number): Promise<number> {
  const program = startProgram('write-without-end', path, String(first), String(checkpointLength))
  let acknowledged = first - 1
  let count = 0
  for await (const line of program.lines) {
    if (/^\d+$/.test(line)) {
      acknowledged = Math.max(acknowledged, Number(line))
      count += 1
    }
    if (count >= batches) break
  }
  await program.kill()
  return acknowledged
}

async function checkFilesParse(root: string): Promise<void> {
  for (const name of await readdir(root, { recursive: true })) {
    if (name.endsWith('.json')) JSON.parse(await readFile(join(root, name), 'utf8'))
  }
}

async function checkLinesSorted(root: string): Promise<void> {
  for (const name of await readdir(join(root, 'conversations'))) {
    if (!name.endsWith('.jsonl')) continue
    const lines = (await readFile(join(root, 'conversations', name), 'utf8')).trimEnd().split('\n')
    const seqs = lines.map(line => (JSON.parse(line) as { seq: number }).seq)
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
  }
}

it(`a workspace keeps every acknowledged batch, whole, through ${KILLS} kills at random moments`, async () => {
  const path = await temporaryFolder()
  const root = join(path, 'im_client')
  const random = new SeededRandom(testSeed())
  let written = 0
  for (let kill = 1; kill <= KILLS; kill++) {
    const note = `seed ${random.seed}, kill ${kill}`
    const acknowledged = await runAndKill(path, written + 1, random.integer(1, 400), random.integer(1000, 200_000))
    await checkFilesParse(root)
    const repairs: StorageRepair[] = []
    const storage = fsStorage(path)
    await storage.open({ onRepair: repair => repairs.push(repair) })
    written = await checkBatches(storage, acknowledged).catch(error => {
      throw new Error(note, { cause: error })
    })
    await storage.close()
    expect(
      repairs.filter(({ kind }) => kind !== 'stale-owner' && kind !== 'torn-tail'),
      note,
    ).toEqual([])
    await checkLinesSorted(root)
  }
}, 300_000)
