/** A server for tests, in a process of its own. Says where it listens; ends at a signal or when its parent is gone. */
import { fsStorage } from '../../../adapters/fs/index.ts'
import { readTokenKey, serveIM } from '../../../adapters/node/index.ts'
import { systemClock } from '../../../src/index.ts'
import { noAuthentication, type ServerLimits, tokenAuthenticator } from '../../../src/server/index.ts'

/** The program's options, as JSON in its first argument. */
export interface ServerProgramOptions {
  readonly dataPath: string
  readonly port?: number
  readonly auth?: boolean
  readonly heartbeatMs?: number
  readonly heartbeatGraceMs?: number
  readonly limits?: Partial<ServerLimits>
}

const { dataPath, auth, ...options } = JSON.parse(process.argv[2] ?? '') as ServerProgramOptions
const authenticator = auth ? tokenAuthenticator(await readTokenKey(dataPath), systemClock) : noAuthentication
const storage = fsStorage(dataPath, { folder: 'im_server' })
const served = await serveIM({ ...options, storage, authenticator })
process.stdout.write(`${JSON.stringify({ event: 'listening', url: served.url })}\n`)
const stop = async () => {
  await served.drain()
  process.exit(0)
}
process.once('SIGTERM', () => void stop())
process.stdin.on('end', () => process.exit(0)).resume()
