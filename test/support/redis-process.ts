/** Debian's `redis-server` on a free port of the loopback interface. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const PROGRAM = 'redis-server'

/** Whether there is a Redis on this machine. */
export function hasRedis(): boolean {
  return spawnSync(PROGRAM, ['--version']).status === 0
}

/** When the server syncs its log: before each answer, or once a second. */
export type RedisSync = 'always' | 'everysec'

/** A server that comes back on the same port and folder after it was killed. */
export class RedisProcess {
  readonly port: number
  /** The path of the socket on which it answers as well. */
  readonly socket: string
  readonly #folder: string
  readonly #sync: RedisSync
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string, sync: RedisSync) {
    this.port = port
    this.socket = join(folder, 'socket')
    this.#folder = folder
    this.#sync = sync
  }

  /** Starts a server that keeps its files in a folder. */
  static async start(folder: string, sync: RedisSync = 'always'): Promise<RedisProcess> {
    await mkdir(folder, { recursive: true })
    const redis = new RedisProcess(await freePort(), folder, sync)
    await redis.start()
    return redis
  }

  /** Resolves when it answers with all that it had. */
  async start(): Promise<void> {
    const place = [
      '--bind',
      '127.0.0.1',
      '--port',
      String(this.port),
      '--unixsocket',
      this.socket,
      '--dir',
      this.#folder,
    ]
    const durable = ['--appendonly', 'yes', '--appendfsync', this.#sync, '--save', '']
    const child = spawn(PROGRAM, [...place, ...durable], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    for await (const line of createInterface(child.stdout)) {
      if (!line.includes('Ready to accept connections')) continue
      child.stdout.resume() // what it says later must not fill the pipe
      return
    }
    throw new Error(`${PROGRAM} ended with ${child.exitCode} before it was ready.`)
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
