/** Instances of one program that open a store at the same moment. */
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { unstorageStorage } from '../../../../adapters/unstorage/index.ts'
import { type Contents, HostileStore } from '../../../support/hostile-store.ts'

/** A store in which a claim takes ever longer to be written: who comes later is not done when the others have looked. */
class SlowStore extends HostileStore {
  #claims = 0

  override async setItem(key: string, value: string): Promise<void> {
    if (key.endsWith('owner')) await setTimeout(60 * this.#claims++)
    await super.setItem(key, value)
  }
}

test('Of instances opened at once one becomes the owner, however long a call takes', async () => {
  const contents: Contents = new Map()
  const store = new SlowStore(contents)
  const storages = Array.from({ length: 4 }, () => unstorageStorage(store))
  const openings = await Promise.allSettled(storages.map(storage => storage.open()))
  expect(openings.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  await expect(storages[0]?.write([{ type: 'put', key: ['a'], value: 1 }])).resolves.toBeUndefined()
  await storages[0]?.close()
  await expect(storages[1]?.open()).resolves.toBeUndefined()
  await storages[1]?.close()
})
