/** Writes batches to a workspace until it is killed, and prints the number of each batch once it is acknowledged. */
import { fsStorage } from '../../../adapters/fs/index.ts'
import { writeWithoutEnd } from '../numbered-batches.ts'

const [path = '', first = '1', checkpointLength = '65536', durability = 'strict'] = process.argv.slice(2)
const storage = fsStorage(path, {
  checkpointLength: Number(checkpointLength),
  durability: durability === 'relaxed' ? 'relaxed' : 'strict',
})
await storage.open({ onRepair: repair => console.log(JSON.stringify(repair)) })
console.log('open')

await writeWithoutEnd(storage, Number(first))
