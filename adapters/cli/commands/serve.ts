/** `im-client serve`: the embedded server. */
import { type Command, Option } from 'commander'
import { fsStorage } from 'im-client/adapters/fs'
import { readTokenKey, type ServedIM, serveIM } from 'im-client/adapters/node'
import { systemClock } from '../../../src/index.ts'
import { noAuthentication, tokenAuthenticator } from '../../../src/server/index.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-code.ts'
import { expandHome, withData, withJson } from '../options.ts'
import { parsePort } from '../values.ts'

interface ServeCommandOptions {
  readonly data: string
  readonly port: number
  readonly host: string
  readonly auth: 'none' | 'token'
  readonly allowOrigin: readonly string[]
  readonly pages?: string
  readonly quiet?: boolean
}

const EXAMPLES = `
Examples:
  im-client serve
  im-client serve --data ./data --port 0
  im-client serve --host 0.0.0.0 --auth token --allow-origin https://console.example

The server runs until Ctrl-C or SIGTERM, and then takes its leave of its clients.`

/** Adds `serve`. */
export function addServe(program: Command, context: Context): void {
  const auth = new Option('--auth <kind>', 'who may come in: anybody of this machine, or who has a token')
  withJson(withData(program.command('serve').description('run an IM server')))
    .option('-p, --port <number>', 'port to listen on, 0 for any free one', parsePort, 8080)
    .option('--host <address>', 'address to listen on; beyond this machine it takes --auth token', '127.0.0.1')
    .addOption(auth.choices(['none', 'token']).default('none'))
    .option('--allow-origin <origin...>', 'origins of web pages that may connect', [])
    .option('--pages <folder>', 'a folder of built web pages to serve as well')
    .option('-q, --quiet', 'say nothing but errors')
    .addHelpText('after', EXAMPLES)
    .action((options: ServeCommandOptions) => serve(options, context))
}

async function serve(options: ServeCommandOptions, context: Context): Promise<void> {
  const { terminal, signal } = context
  const served = await start(options)
  if (!options.quiet) announce(served, options, context)
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  if (!options.quiet) terminal.note('Taking leave of the clients.')
  await served.drain()
}

async function start({ data, port, host, auth, allowOrigin, pages }: ServeCommandOptions): Promise<ServedIM> {
  const dataPath = expandHome(data)
  if (auth === 'none' && !isLoopback(host)) {
    throw new UsageError(`Listening on ${host} lets others in: add --auth token, or listen on 127.0.0.1.`)
  }
  const storage = fsStorage(dataPath, { folder: 'im_server' })
  const authenticator =
    auth === 'token' ? tokenAuthenticator(await readTokenKey(dataPath), systemClock) : noAuthentication
  const shown = pages === undefined ? {} : { pages: expandHome(pages) }
  return await serveIM({ storage, port, host, authenticator, allowedOrigins: allowOrigin, ...shown })
}

function announce({ url }: ServedIM, { data, auth }: ServeCommandOptions, { terminal }: Context): void {
  const dataPath = expandHome(data)
  const who = auth === 'token' ? 'with a token' : 'anybody on this machine'
  terminal.print({ event: 'listening', url, data: dataPath, auth }, `Listening at ${url} (${who}), data in ${dataPath}`)
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '::1' || host === 'localhost'
}
