/**
 * A page that tells its server what it finds in its storage, and then writes batches without rest, several at once; it tells
 * the number of each that was saved. A batch of the number n is three entries under n.
 */
import { indexedDBStorage } from '../../../adapters/indexeddb/index.ts'
import type { WriteOperation } from '../../../src/index.ts'

const AT_ONCE = 4
const PARTS = 3

const storage = indexedDBStorage('kills')
const repairs: string[] = []
await storage.open({ onRepair: ({ kind }) => repairs.push(kind) })
const numbers = (await storage.list(['place'])).map(({ key }) => key[1])
let next = 1 + Math.max(-1, ...numbers.map(Number))
await tell('found', { numbers, repairs })
for (let writer = 0; writer < AT_ONCE; writer++) void writeOn()

async function writeOn(): Promise<void> {
  for (;;) {
    const number = next++
    await storage.write(Array.from({ length: PARTS }, (_, part) => put(number, part)))
    void tell('saved', number)
  }
}

function put(number: number, part: number): WriteOperation {
  return { type: 'put', key: ['place', number, part], value: { number, part, text: 'x'.repeat(500) } }
}

function tell(what: string, body: unknown): Promise<unknown> {
  return fetch(`/${what}`, { method: 'POST', body: JSON.stringify(body) })
}
