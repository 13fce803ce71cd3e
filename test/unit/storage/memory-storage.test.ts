/** What the conformance suite does not ask of memory storage. */
import { describe, expect, test } from 'vitest'
import { memoryDisk, memoryStorage } from '../../../src/storage/memory-storage.ts'

describe('Memory storage', () => {
  test('says that nothing survives', () => {
    expect(memoryStorage().durability).toBe('none')
  })

  test('has a disk of its own where it is given none', async () => {
    const [first, second] = [memoryStorage(), memoryStorage()]
    await Promise.all([first.open(), second.open()])
    await first.write([{ type: 'put', key: ['a'], value: 1 }])
    await expect(second.get(['a'])).resolves.toBeUndefined()
  })

  test('leaves on a disk what the next instance finds', async () => {
    const disk = memoryDisk()
    const first = memoryStorage(disk)
    await first.open()
    await first.write([{ type: 'put', key: ['a'], value: 1 }])
    await first.close()
    const second = memoryStorage(disk)
    await second.open()
    await expect(second.get(['a'])).resolves.toBe(1)
    expect(disk.map.size).toBe(1)
  })
})
