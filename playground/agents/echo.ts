/** An interactive agent: it answers each message at once. Where it meets another of its kind, the guard ends their talk. */
import { createAgent, run, show } from './sample-agent.ts'

const client = createAgent('echo')

client.onMessage(async (message, { reply }) => {
  show(message)
  const direct = message.conversationId === message.from
  if (direct) await reply(`You said: ${message.text}`)
})

await run(client)
