/** A view of a workspace that another process owns: writes one message through it, and ends by itself. */
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { introduce, say } from './speech.ts'

const [workspace = '', text = ''] = process.argv.slice(2)
await introduce()
const client = new IMClient({ storage: fsStorage(workspace), attach: true })
const { id } = await client.sendMessage({ to: 'bob', text })
await say('sent', { id })
await client.close()
