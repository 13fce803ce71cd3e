/** The playground's server: the embedded one with the console, on this machine only. */
import { fsStorage } from 'im-client/adapters/fs'
import { type ServedIM, type Supervision, serveIM } from 'im-client/adapters/node'
import type { Places } from './places.ts'

/** Starts the server on the port that is wished for, or on a free one where another program has it. */
export async function startServer(places: Places): Promise<ServedIM> {
  const { server, port, console: pages } = places
  const supervision = supervisionOf(places)
  const serve = (port: number) =>
    serveIM({
      storage: fsStorage(server, { folder: 'im_server' }),
      port,
      supervision,
      ...(pages ? { pages } : {}),
    })
  try {
    return await serve(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    console.log(`Port ${port} is taken; using a free one.`)
    return await serve(0)
  }
}

/** The person who plays sees what waits for the employee. */
function supervisionOf(places: Places): Supervision {
  const { views } = fsStorage(places.workspace('employee'))
  return { workspaces: new Map(views ? [['employee', views]] : []), maySee: agentId => agentId === 'you' }
}
