/** The real server, durable on the file system. Says where it listens. */
import { fsStorage } from 'im-client/adapters/fs'
import { serveIM } from 'im-client/adapters/node'

/** The rate of one account is what is measured, so it is not limited. */
const UNLIMITED = 1_000_000_000

const { folder } = JSON.parse(process.argv[2] ?? '') as { readonly folder: string }
const limits = { requestsPerSecond: UNLIMITED, requestBurst: UNLIMITED }
const served = await serveIM({ storage: fsStorage(folder, { folder: 'im_server' }), limits })
process.once('disconnect', () => void served.close())
process.send?.({ url: served.url })
