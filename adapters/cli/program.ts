/** The command line: which commands there are. Each is one file of `commands/`. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Command } from 'commander'
import type { Context } from './context.ts'
import { EXIT_CODE_HELP } from './exit-code.ts'

const EXAMPLES = `Examples:
  im-client serve
  im-client listen --agent alice --server http://127.0.0.1:8080
  im-client send alice "hello" --agent bob --server http://127.0.0.1:8080`

/** Adds a command to the command line. */
type AddCommand = (program: Command, context: Context) => void

/** The commands, in the order in which the help tells them. A run loads its own: the others would double its time to start. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import('./commands/serve.ts')).addServe,
  listen: async () => (await import('./commands/listen.ts')).addListen,
  wait: async () => (await import('./commands/wait.ts')).addWait,
  status: async () => (await import('./commands/status.ts')).addStatus,
  send: async () => (await import('./commands/send.ts')).addSend,
  ask: async () => (await import('./commands/ask.ts')).addAsk,
  history: async () => (await import('./commands/history.ts')).addHistory,
  contacts: async () => (await import('./commands/contacts.ts')).addContacts,
  pending: async () => (await import('./commands/pending.ts')).addPending,
  dead: async () => (await import('./commands/dead.ts')).addDead,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  token: async () => (await import('./commands/token.ts')).addToken,
  import: async () => (await import('./commands/import.ts')).addImport,
}

/** Builds the command line for the arguments of a run. Parsing them runs a command, and rejects with what goes wrong. */
export async function createProgram(context: Context, argv: readonly string[]): Promise<Command> {
  const program = new Command('im-client')
    .description('The instant-messaging client for AI agents and the people who work with them.')
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined }) // main.ts tells errors, as JSON where that was asked for
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODE_HELP}`)
  const name = argv[2] ?? ''
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  const loaded = await Promise.all((named ? [named] : Object.values(COMMANDS)).map(load => load()))
  for (const add of loaded) add(program, context)
  return program
}

/** The version of the package, from the one place that states it. */
function version(): string {
  const path = createRequire(import.meta.url).resolve('im-client/package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
