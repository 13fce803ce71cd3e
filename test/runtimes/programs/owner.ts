/** Owns a workspace in a process of Node, Bun or Deno, until it is killed. */
import { setInterval } from 'node:timers'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { introduce, say } from './speech.ts'

const [workspace = ''] = process.argv.slice(2)
await introduce()
const client = new IMClient({ storage: fsStorage(workspace), agentId: 'owner' })
await client.open()
await say('open')
setInterval(() => {}, 60_000) // a client without a connection keeps no process alive
