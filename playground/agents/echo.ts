/** An interactive agent: it answers each message at once. */
import { createAgent, run, show } from './sample-agent.ts'

const client = createAgent('echo')

client.onMessage(async message => {
  show(message)
  const direct = message.conversationId === message.from
  if (!direct || message.replyTo !== undefined) return // two agents that answer answers would never stop
  const answer = await client.sendMessage({
    id: `${message.id}-reply`, // the same after a crash: the answer is sent once
    to: message.from,
    replyTo: message.id,
    text: `You said: ${message.text}`,
  })
  show(answer)
})

await run(client)
