/** A disk of 64 KiB fills up. Nothing acknowledged is lost, and it goes on when there is room. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import type { IMError } from '../../src/errors.ts'
import type { StorageAdapter } from '../../src/storage/contract.ts'
import { Mounts, whyNoMounts } from '../support/mounts.ts'

const why = whyNoMounts()
if (why) process.stdout.write(`skipped, a full disk: ${why}\n`)

/** A disk with a file that can make room. */
function smallDisk() {
  const mounts = new Mounts()
  onTestFinished(() => mounts.end())
  const path = mounts.mount('disk', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs')
  const ballast = join(path, 'ballast')
  return { path, fill: (bytes: number) => writeFileSync(ballast, Buffer.alloc(bytes)), makeRoom: () => rmSync(ballast) }
}

const batch = (seq: number) => [
  { type: 'put' as const, key: ['events', 'bob', seq] as const, value: { seq, text: 'x'.repeat(700) } },
  { type: 'put' as const, key: ['contacts', String(seq)] as const, value: seq },
]

async function seqsIn(storage: StorageAdapter): Promise<number[]> {
  const seqs = (await storage.list(['events'])).map(({ key }) => Number(key[2]))
  expect((await storage.list(['contacts'])).map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(seqs)
  return seqs
}

/** Writes until a few writes in a row were refused. Gives what was acknowledged. */
async function writeUntilFull(storage: StorageAdapter, first: number): Promise<number[]> {
  const acknowledged: number[] = []
  let refusals = 0
  for (let seq = first; refusals < 5; seq++) {
    try {
      await storage.write(batch(seq))
      acknowledged.push(seq)
    } catch (error) {
      refusals += 1
      expect(error).toMatchObject({ code: 'STORAGE_FULL', message: expect.stringMatching(/journal\.jsonl.*Make room/) })
    }
  }
  return acknowledged
}

describe.skipIf(why !== undefined)('A workspace on a disk that fills up', () => {
  it('refuses what does not fit, has what it acknowledged, and goes on when there is room', async () => {
    const { path, fill, makeRoom } = smallDisk()
    fill(40 * 1024)
    const storage = fsStorage(path)
    const failures: IMError[] = []
    await storage.open({ onFailure: error => failures.push(error) })
    const acknowledged = await writeUntilFull(storage, 1)
    expect(acknowledged.length).toBeGreaterThan(5)
    expect(await seqsIn(storage)).toEqual(acknowledged)
    makeRoom()
    await storage.write(batch(1000))
    await storage.close()
    for (const { code } of failures) expect(code).toBe('STORAGE_FULL')
    const repairs: unknown[] = []
    const again = fsStorage(path)
    await again.open({ onRepair: repair => repairs.push(repair) })
    expect(await seqsIn(again)).toEqual([...acknowledged, 1000])
    expect(repairs).toEqual([])
    await again.close()
  })

  it('is refused while there is no room to open it, says so, and has everything when there is', async () => {
    const { path, fill, makeRoom } = smallDisk()
    const storage = fsStorage(path)
    await storage.open()
    for (let seq = 1; seq <= 5; seq++) await storage.write(batch(seq))
    await storage.close()
    expect(() => fill(64 * 1024)).toThrow('ENOSPC')
    await expect(fsStorage(path).open()).rejects.toMatchObject({
      code: 'STORAGE_FULL',
      message: expect.stringContaining('Make room'),
    })
    makeRoom()
    const again = fsStorage(path)
    await again.open()
    expect(await seqsIn(again)).toEqual([1, 2, 3, 4, 5])
    await again.close()
  })

  it('loses nothing where it is closed while there is no room', async () => {
    const { path, fill, makeRoom } = smallDisk()
    fill(40 * 1024)
    const storage = fsStorage(path)
    await storage.open()
    const acknowledged = await writeUntilFull(storage, 1)
    await storage.close().catch(error => expect(error).toMatchObject({ code: 'STORAGE_FULL' }))
    makeRoom()
    const again = fsStorage(path)
    await again.open()
    expect(await seqsIn(again)).toEqual(acknowledged)
    await again.close()
  })
})
