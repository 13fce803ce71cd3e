/** Opens a workspace, writes one entry, and stays until it is killed. Prints its pid. */
import { fsStorage } from '../../../adapters/fs/index.ts'

const storage = fsStorage(process.argv[2] ?? '')
await storage.open()
await storage.write([{ type: 'put', key: ['events', 'bob', 1], value: { seq: 1 } }])
console.log(process.pid)
setInterval(() => undefined, 1000)
