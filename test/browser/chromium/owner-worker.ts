/** An owner in a thread of its own, told the name of its storage: writes numbers until it is ended, and tells how many were saved. */
import { indexedDBStorage } from '../../../adapters/indexeddb/index.ts'

addEventListener('message', async ({ data: name }: MessageEvent<string>) => {
  const storage = indexedDBStorage(name)
  await storage.open()
  for (let count = 0; ; ) {
    await storage.write([{ type: 'put', key: ['place', count], value: count }])
    count += 1
    postMessage(count)
  }
})
