/** Writes batches to the storage of docs/adapters.md until it is killed, as `write-without-end.ts` does to a workspace. */
import { logStorage } from '../../../docs/examples/log-storage.ts'
import { writeWithoutEnd } from '../numbered-batches.ts'

const [path = '', first = '1', growth = '65536'] = process.argv.slice(2)
const storage = logStorage(path, Number(growth))
await storage.open()
await writeWithoutEnd(storage, Number(first))
