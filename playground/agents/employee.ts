/**
 * A digital employee: what it is sent waits in the pending queue until it has time for it. It takes a text for a log file,
 * works through it, tells how far it is, and answers with a summary. Kill it in the middle: it begins again, tells nothing
 * twice, and answers once.
 */
import { reportOnLog } from './log-report.ts'
import { createAgent, run, show } from './sample-agent.ts'

/** How long it takes for each slice of a log, in milliseconds. */
const { IM_WORK_MS = '200' } = process.env

const client = createAgent('employee', { queue: true })

client.processPending(
  async (message, { progress, reply, signal }) => {
    show(message)
    const now = Date.parse(message.acceptedAt ?? message.sentAt)
    await reply(await reportOnLog(message.text, { now, sliceMs: Number(IM_WORK_MS), signal, onProgress: progress }))
  },
  { concurrency: 4 },
)

await run(client)
