/** An IM server in a process of Node, Bun or Deno. Says where it listens; runs until it is killed. */
import { memoryStorage } from 'im-client'
import { serveIM } from 'im-client/adapters/node'
import { introduce, say } from './speech.ts'

await introduce()
const { url } = await serveIM({ storage: memoryStorage() })
await say('listening', { url })
