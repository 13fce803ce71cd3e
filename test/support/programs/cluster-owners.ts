/** Two workers of a cluster that open one workspace, the second after its `owner.lock` was taken away; prints what each comes to. */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fsStorage } from 'im-client/adapters/fs'

const [path = ''] = process.argv.slice(2)

async function open(): Promise<string> {
  try {
    await fsStorage(path).open()
    return 'opened'
  } catch (error) {
    return (error as { code: string }).code
  }
}

if (cluster.isPrimary) {
  const workers: Worker[] = []
  for (let n = 0; n < 2; n++) {
    const worker = cluster.fork()
    workers.push(worker)
    const [outcome] = (await once(worker, 'message')) as [string]
    process.stdout.write(`${outcome}\n`)
    await rm(join(path, 'im_client', 'owner.lock'), { force: true })
  }
  for (const worker of workers) worker.kill()
} else {
  setInterval(() => {}, 1000)
  process.send?.(await open())
}
