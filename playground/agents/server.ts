/** The playground's server: the embedded one with the console, on this machine only. */
import { fsStorage } from 'im-client/adapters/fs'
import { type ServedIM, serveIM } from 'im-client/adapters/node'
import type { Places } from './places.ts'

/** Starts the server on the port that is wished for, or on a free one where another program has it. */
export async function startServer({ server, port, console: pages }: Places): Promise<ServedIM> {
  const serve = (port: number) =>
    serveIM({ storage: fsStorage(server, { folder: 'im_server' }), port, ...(pages ? { pages } : {}) })
  try {
    return await serve(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    console.log(`Port ${port} is taken; using a free one.`)
    return await serve(0)
  }
}
