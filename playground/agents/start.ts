/** `npm start`: a real server on this machine, two agents in processes of their own, and how to talk to them. */
import { AgentProcess } from './agent-process.ts'
import { preparePerson } from './person.ts'
import { describePlaces, type Places, playgroundPlaces } from './places.ts'
import { startServer } from './server.ts'

const AGENTS = ['echo', 'employee'] as const

const places = playgroundPlaces(process.env)
const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())

try {
  await play(places)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function play(places: Places): Promise<void> {
  const served = await startServer(places)
  const agents = AGENTS.map(name => new AgentProcess(name, { workspace: places.workspace(name), server: served.url }))
  try {
    await preparePerson(places, served.url, AGENTS)
    await Promise.all(agents.map(agent => agent.start(stopping.signal)))
    if (!stopping.signal.aborted) console.log(describePlaces(places, served.url))
    await untilAborted(stopping.signal)
  } finally {
    console.log('\nStopping.')
    await Promise.all(agents.map(agent => agent.stop()))
    await served.close()
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve())
    if (signal.aborted) resolve()
  })
}
