/** Storage in one file, on Linux: a log of groups of batches, each a line with its checksum. All is in memory, too. */
import { once } from 'node:events'
import { open, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { crc32 } from 'node:zlib'
import type { EncodedOperation, OpenOptions, StorageAdapter } from 'im-client'
import { CommitQueue, encodeOperation, encodeRecord, IMError, readJournal, requireKey, SortedMap } from 'im-client'

/** A storage in a folder that exists. The log is written anew when it is opened, and after `growth` bytes more. */
export function logStorage(folder: string, growth = 2 ** 23): StorageAdapter {
  const lock = createServer(socket => socket.destroy()).unref()
  let log: Awaited<ReturnType<typeof openLog>> | undefined
  let closing = Promise.resolve()
  const opened = () => log ?? fail(new IMError('STORAGE_CLOSED', 'The storage is not open.'))
  const release = () => new Promise<void>(resolve => lock.close(() => resolve()))
  return {
    durability: 'strict',
    async open(options) {
      const { dev, ino } = await stat(folder).catch(fail)
      // A name that the kernel gives to one process at a time, and takes back when that process ends.
      await once(lock.listen({ path: `\0log:${dev}:${ino}`, exclusive: true }), 'listening').catch(fail)
      log = await openLog(folder, growth, options).catch(error => release().then(() => fail(error)))
    },
    get: async key => opened().map.get(requireKey(key)),
    list: async (prefix, options) => opened().map.list(requireKey(prefix), options),
    write: async batch => opened().queue.add(batch.map(encodeOperation)),
    close() {
      if (log) closing = log.queue.idle().then(release)
      log = undefined
      return closing
    },
  }
}

async function openLog(folder: string, growth: number, { onRepair }: OpenOptions = {}) {
  const [path, map] = [`${folder}/log`, new SortedMap()]
  let [size, limit, number, isBroken] = [0, 0, 0, false]
  const encode = (operations: EncodedOperation[]) => Buffer.from(encodeRecord({ number: ++number, operations }, crc32))
  const rewrite = async () => {
    const line = encode(map.steps())
    await writeFile(`${path}.new`, line, { flush: true, mode: 0o600 })
    await rename(`${path}.new`, path)
    // A name is durable once its folder is.
    await open(folder).then(parent => parent.sync().finally(() => parent.close()))
    size = line.length
    limit = size + growth
  }
  const commit = async (operations: EncodedOperation[]) => {
    if (isBroken) throw new Error('A write has failed; what the disk has is known when the storage is opened anew.')
    isBroken = true // until all of this is done
    if (size > limit) await rewrite()
    const line = encode(operations)
    // What is rejected must not come back when the storage is opened.
    await writeFile(path, line, { flag: 'a', flush: true }).catch(error =>
      truncate(path, size).finally(() => fail(error)),
    )
    size += line.length
    isBroken = false
    for (const { key, text, name } of operations) map.set(key, text, name)
    return []
  }
  const { records, damage } = readJournal(await readFile(path, { flag: 'a+' }), crc32)
  // What follows the last whole line was never acknowledged. What comes before it was, and must not be left out.
  const lost = damage.find(({ line }) => line <= records.length)
  if (lost) throw new IMError('STORAGE_DAMAGED', lost.message)
  for (const { kind, line, message } of damage) onRepair?.({ kind, place: 'log', line, message })
  for (const { key, text, name } of records.flatMap(record => record.operations)) map.set(key, text, name)
  await rewrite()
  return { map, queue: new CommitQueue<EncodedOperation[], undefined>(batches => commit(batches.flat()).catch(fail)) }
}

function fail(cause: NodeJS.ErrnoException): never {
  const code = cause.code === 'EADDRINUSE' ? 'STORAGE_LOCKED' : cause.code === 'ENOSPC' ? 'STORAGE_FULL' : 'STORAGE_IO'
  throw cause instanceof IMError ? cause : new IMError(code, `The log cannot be used: ${cause.message}`, { cause })
}
