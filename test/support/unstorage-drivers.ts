/** Every driver of unstorage that runs in Node here, of both versions, with an empty place for each who asks. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage, prefixStorage } from 'unstorage'
import files from 'unstorage/drivers/fs'
import filesLite from 'unstorage/drivers/fs-lite'
import http from 'unstorage/drivers/http'
import memory from 'unstorage/drivers/memory'
import overlay from 'unstorage/drivers/overlay'
import redis from 'unstorage/drivers/redis'
import { createStorageServer } from 'unstorage/server'
import { createStorage as createStorage2 } from 'unstorage-2'
import filesLite2 from 'unstorage-2/drivers/fs-lite'
import http2 from 'unstorage-2/drivers/http'
import memory2 from 'unstorage-2/drivers/memory'
import redis2 from 'unstorage-2/drivers/redis'
import { createStorageHandler } from 'unstorage-2/server'
import type { KeyValueStorage } from '../../adapters/unstorage/key-value-storage.ts'
import { RedisProcess } from './redis-process.ts'

/** A store that is empty at first. */
export interface StorePlace {
  readonly storage: KeyValueStorage
  dispose(): Promise<void>
}

/** Makes stores of one kind. */
export type StoreMaker = () => Promise<StorePlace>

const nothing = async () => undefined

async function inFolder(make: (base: string) => KeyValueStorage): Promise<StorePlace> {
  const base = await mkdtemp(join(tmpdir(), 'im-client-unstorage-'))
  return { storage: make(base), dispose: () => rm(base, { recursive: true, force: true }) }
}

/** Stores that need no other program, by their names. */
export const STORES: Readonly<Record<string, StoreMaker>> = {
  'memory, 1.17': async () => ({ storage: createStorage({ driver: memory() }), dispose: nothing }),
  'memory, 2.0': async () => ({ storage: createStorage2({ driver: memory2() }), dispose: nothing }),
  'fs-lite, 1.17': () => inFolder(base => createStorage({ driver: filesLite({ base }) })),
  'fs-lite, 2.0': () => inFolder(base => createStorage2({ driver: filesLite2({ base }) })),
  'fs, 1.17': () => inFolder(base => createStorage({ driver: files({ base }) })),
  'overlay, 1.17': async () => {
    const storage = createStorage({ driver: overlay({ layers: [memory(), memory()] }) })
    return { storage, dispose: nothing }
  },
  'a mount, 1.17': async () => {
    const storage = createStorage({ driver: memory() })
    storage.mount('im-client', memory())
    return { storage, dispose: nothing }
  },
  'prefixStorage, 1.17': async () => {
    return { storage: prefixStorage(createStorage({ driver: memory() }), 'app:agent'), dispose: nothing }
  },
  'http, 1.17': async () => {
    const { handle } = createStorageServer(createStorage({ driver: memory() }))
    const { url, close } = await serve((request, response) => void handle(request, response))
    return { storage: createStorage({ driver: http({ base: url }) }), dispose: close }
  },
  'http, 2.0': async () => {
    const handler = createStorageHandler(createStorage2({ driver: memory2() }))
    const { url, close } = await serve((request, response) => void answer(handler, request, response))
    return { storage: createStorage2({ driver: http2({ base: url }) }), dispose: close }
  },
}

type Listener = NonNullable<Parameters<typeof createServer>[1]>

async function serve(listener: Listener): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Gives a handler of the web's requests what Node's server was asked. */
async function answer(
  handler: (request: Request) => Response | Promise<Response>,
  incoming: Parameters<Listener>[0],
  outgoing: Parameters<Listener>[1],
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  const { method = 'GET', url = '/', headers } = incoming
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.concat(parts) }
  const request = new Request(new URL(url, 'http://127.0.0.1'), {
    method,
    headers: headers as Record<string, string>,
    ...body,
  })
  const response = await handler(request)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}

/** A Redis server of its own, with a place for each who asks. */
export class RedisStores {
  readonly #folder: string
  readonly #redis: RedisProcess
  #bases = 0

  constructor(folder: string, redis: RedisProcess) {
    this.#folder = folder
    this.#redis = redis
  }

  /** Starts one in a folder of its own. */
  static async start(): Promise<RedisStores> {
    const folder = await mkdtemp(join(tmpdir(), 'im-client-redis-'))
    return new RedisStores(folder, await RedisProcess.start(folder, 'everysec'))
  }

  /** Makes stores on it, each below a base of its own. */
  maker(version: '1.17' | '2.0'): StoreMaker {
    return async () => {
      this.#bases += 1
      const options = { base: `place-${this.#bases}`, path: this.#redis.socket }
      const driver = version === '1.17' ? redis(options) : redis2(options)
      const storage = version === '1.17' ? createStorage({ driver }) : createStorage2({ driver })
      return { storage, dispose: async () => void (await storage.dispose()) }
    }
  }

  /** Ends it, and removes what it kept. */
  async stop(): Promise<void> {
    await this.#redis.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
