/** What the sample agents share: where they are told their places, and how they come and go. */
import { IMClient, type Message } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'

/** An agent's client. Its workspace and its server are named by the environment, as the agent's own folder by default. */
export function createAgent(agentId: string, options: { readonly queue?: boolean } = {}): IMClient {
  const {
    IM_WORKSPACE = `~/.gateway/workspaces/${agentId}`,
    IM_SERVER = 'http://127.0.0.1:8080',
    IM_TOKEN,
  } = process.env
  const client = new IMClient({
    storage: fsStorage(IM_WORKSPACE),
    imServerUrl: IM_SERVER,
    agentId,
    ...(IM_TOKEN ? { token: IM_TOKEN } : {}),
    ...options,
  })
  client.on('status', show) // what it said was accepted by the server
  client.on('guard', ({ conversationId, rule }) => console.log(`${agentId} → ${conversationId}: held back (${rule})`))
  client.on('error', error => console.error(`${agentId}: ${error.code}: ${error.message}`))
  return client
}

/** Connects, says so, and closes the client when the process is asked to stop or its parent is gone. */
export async function run(client: IMClient): Promise<void> {
  // Signals may come twice, to the group and from the parent: the second must not end what the first has begun.
  const stop = async () => {
    await client.close()
    if (process.connected) process.disconnect() // the channel to the parent would keep this process alive
  }
  for (const name of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(name, () => void stop())
  await client.connect()
  process.send?.('connected')
}

/** A message of more characters or lines than this is not printed whole. */
const SHOWN_LENGTH = 1000
const SHOWN_LINES = 12
/** So much of its first line is. */
const SHOWN_BEGINNING = 80

/** Prints a message that passes by; of a long one, how it begins. */
export function show({ from, to, text }: Pick<Message, 'from' | 'to' | 'text'>): void {
  const lines = text.split('\n')
  const isShort = text.length <= SHOWN_LENGTH && lines.length <= SHOWN_LINES
  const shown = isShort ? text : `${lines[0]?.slice(0, SHOWN_BEGINNING)} … (${lines.length} lines)`
  // Texts of others are data: without control characters they cannot steer the terminal.
  console.log(`${from} → ${to}: ${shown}`.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' '))
}
