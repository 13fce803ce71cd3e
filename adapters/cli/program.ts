/** The command line: which commands there are. Each is one file of `commands/`. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Command } from 'commander'
import { addAsk } from './commands/ask.ts'
import { addContacts } from './commands/contacts.ts'
import { addDead } from './commands/dead.ts'
import { addDoctor } from './commands/doctor.ts'
import { addHistory } from './commands/history.ts'
import { addImport } from './commands/import.ts'
import { addListen } from './commands/listen.ts'
import { addPending } from './commands/pending.ts'
import { addSend } from './commands/send.ts'
import { addServe } from './commands/serve.ts'
import { addStatus } from './commands/status.ts'
import { addToken } from './commands/token.ts'
import { addWait } from './commands/wait.ts'
import type { Context } from './context.ts'
import { EXIT_CODE_HELP } from './exit-code.ts'

const EXAMPLES = `Examples:
  im-client serve
  im-client listen --agent alice --server http://127.0.0.1:8080
  im-client send alice "hello" --agent bob --server http://127.0.0.1:8080`

/** Builds the command line. Parsing it runs a command, and rejects with what goes wrong. */
export function createProgram(context: Context): Command {
  const program = new Command('im-client')
    .description('The instant-messaging client for AI agents and the people who work with them.')
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => undefined }) // main.ts tells errors, as JSON where that was asked for
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODE_HELP}`)
  const commands = [
    addServe,
    addListen,
    addWait,
    addStatus,
    addSend,
    addAsk,
    addHistory,
    addContacts,
    addPending,
    addDead,
    addToken,
    addImport,
    addDoctor,
  ]
  for (const add of commands) add(program, context)
  return program
}

/** The version of the package, from the one place that states it. */
function version(): string {
  const path = createRequire(import.meta.url).resolve('im-client/package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
