/** A digital employee: its messages wait in the pending queue until it has time for them. */
import { setTimeout } from 'node:timers/promises'
import { createAgent, run, show } from './sample-agent.ts'
import { describeText } from './word-statistics.ts'

/** How long the work takes, in milliseconds. */
const WORK_MS = 500

const client = createAgent('employee', { queue: true })

client.processPending(
  async (message, { signal }) => {
    show(message)
    if (message.replyTo !== undefined) return // two agents that answer answers would never stop
    await setTimeout(WORK_MS, undefined, { signal })
    const answer = await client.sendMessage({
      id: `${message.id}-reply`, // the same at each attempt: the answer is sent once
      to: message.conversationId,
      replyTo: message.id,
      text: describeText(message.text),
    })
    show(answer)
  },
  { concurrency: 4 },
)

await run(client)
