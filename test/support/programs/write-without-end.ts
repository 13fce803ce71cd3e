/**
 * Writes batches to a workspace until it is killed, and prints the number of each batch once it is acknowledged. Batch n
 * holds event n of its conversation, the same as a document's entry, and a padding that makes torn records likely.
 */
import { fsStorage } from '../../../adapters/fs/index.ts'

const CONVERSATIONS = 4
const [path = '', first = '1', checkpointLength = '65536', durability = 'strict'] = process.argv.slice(2)
const storage = fsStorage(path, {
  checkpointLength: Number(checkpointLength),
  durability: durability === 'relaxed' ? 'relaxed' : 'strict',
})
await storage.open({ onRepair: repair => console.log(JSON.stringify(repair)) })
console.log('open')

async function write(number: number): Promise<void> {
  const conversation = `conversation ${number % CONVERSATIONS}`
  const value = { seq: number, text: 'x'.repeat((number * 7919) % 3000) }
  await storage.write([
    { type: 'put', key: ['events', conversation, number], value },
    { type: 'put', key: ['conversations', conversation], value: { lastSeq: number } },
    { type: 'delete', key: ['pending', conversation, number - CONVERSATIONS] },
    { type: 'put', key: ['pending', conversation, number], value: {} },
  ])
  console.log(number)
}

for (let number = Number(first); ; number += 16) {
  await Promise.all(Array.from({ length: 16 }, (_, index) => write(number + index)))
}
