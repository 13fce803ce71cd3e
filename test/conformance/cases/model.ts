/** Random work, compared step by step with the reference. */
import type { Key, KeyPart, ListOptions, StorageAdapter, WriteOperation } from '../../../src/index.ts'
import { type ConformanceCase, conformanceCase } from '../case.ts'
import { ConformanceFailure, del, expectEqual, put } from '../expect.ts'
import { Chance, ReferenceStorage } from '../reference.ts'

const SEEDS = [1, 2, 3, 4]
const ROUNDS = 60
const LISTINGS_PER_ROUND = 4

/** Few, so that keys meet each other, and prefixes each other's neighbours. */
const PARTS: readonly [KeyPart, ...KeyPart[]] = [-1, 0, 1, 1.5, 2, 10, '', '1', '10', 'a', 'A', 'aa', 'b', 'é', '中']
const COLLECTIONS: readonly [string, ...string[]] = ['p', 'pp', 'q']

/** Cases of random work. */
export const modelCases: readonly ConformanceCase[] = SEEDS.map(seed =>
  conformanceCase(`Random writes and listings agree with the model, seed ${seed}.`, async stage => {
    const chance = new Chance(seed)
    const reference = new ReferenceStorage()
    let storage = await stage.open()
    for (let round = 0; round < ROUNDS; round++) {
      const batch = Array.from({ length: chance.below(6) }, () => randomStep(chance, round))
      await storage.write(batch)
      reference.write(batch)
      if (chance.below(ROUNDS / 3) === 0) storage = await stage.reopen(storage)
      await compareListings(storage, reference, chance)
    }
  }),
)

async function compareListings(storage: StorageAdapter, reference: ReferenceStorage, chance: Chance): Promise<void> {
  const key = randomKey(chance)
  expectEqual(await storage.get(key), reference.get(key), `the value at ${JSON.stringify(key)}`)
  for (let count = 0; count < LISTINGS_PER_ROUND; count++) {
    const prefix = randomKey(chance).slice(0, 1 + chance.below(2)) as unknown as Key
    const options = randomOptions(chance)
    const what = `the listing of ${JSON.stringify(prefix)} with ${JSON.stringify(options)}`
    try {
      expectEqual(await storage.list(prefix, options), reference.list(prefix, options), what)
    } catch (cause) {
      throw cause instanceof ConformanceFailure ? cause : new ConformanceFailure(`${what} failed.`, { cause })
    }
  }
}

function randomStep(chance: Chance, round: number): WriteOperation {
  const key = randomKey(chance)
  return chance.below(4) === 0 ? del(key) : put(key, { round, key })
}

function randomKey(chance: Chance): Key {
  return [chance.pick(COLLECTIONS), ...Array.from({ length: chance.below(4) }, () => chance.pick(PARTS))]
}

function randomOptions(chance: Chance): ListOptions {
  return {
    ...(chance.below(2) === 0 ? {} : { after: randomKey(chance) }),
    ...(chance.below(2) === 0 ? {} : { before: randomKey(chance) }),
    ...(chance.below(2) === 0 ? {} : { limit: chance.below(5) }),
    ...(chance.below(2) === 0 ? {} : { reverse: chance.below(2) === 0 }),
  }
}
