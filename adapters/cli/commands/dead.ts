/** `im-client dead`: what was given up, without a server. */
import type { Command } from 'commander'
import type { DeadLetter, DeadLetterQuery, IMClient } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-code.ts'
import { localTime, messageLine, oneLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace } from '../options.ts'
import { withClient } from '../session.ts'
import type { Terminal } from '../terminal.ts'

interface DeadOptions extends WorkspaceOptions {
  readonly conversation?: string
  readonly all?: boolean
}

const EXAMPLES = `
Examples:
  im-client dead list --workspace employee
  im-client dead redrive <message id> --workspace employee
  im-client dead redrive --all --conversation alice --workspace employee
  im-client dead purge --all --workspace employee`

/** Adds `dead` with `list`, `redrive` and `purge`. */
export function addDead(program: Command, context: Context): void {
  const dead = program.command('dead').description('look at what was given up').addHelpText('after', EXAMPLES)
  const { terminal } = context
  const command = (name: string, description: string) =>
    withWorkspace(dead.command(name).description(description))
      .option('--conversation <id>', 'of this conversation only')
      .addHelpText('after', EXAMPLES)
  const on = (options: WorkspaceOptions, use: (client: IMClient) => Promise<void>) => withClient(options, context, use)

  command('list', 'list failed work, and messages that were refused or held back, oldest first').action(
    (options: DeadOptions) => on(options, client => list(client, options, terminal)),
  )
  command('redrive [messageId...]', 'try them once more: in the queue, or in the outbox')
    .option('--all', 'all of them')
    .action((ids: string[], options: DeadOptions) =>
      on(options, async client => count(await client.redriveDeadLetters(chosen(ids, options)), 'redriven', terminal)),
    )
  command('purge [messageId...]', 'throw them away, for good')
    .option('--all', 'all of them')
    .action((ids: string[], options: DeadOptions) =>
      on(options, async client => count(await client.purgeDeadLetters(chosen(ids, options)), 'purged', terminal)),
    )
}

async function list(client: IMClient, { conversation }: DeadOptions, terminal: Terminal): Promise<void> {
  const letters = await client.listDeadLetters(conversation === undefined ? {} : { conversationId: conversation })
  for (const letter of letters) terminal.print(letter, letterLine(letter, terminal))
  if (letters.length === 0) terminal.note('There are no dead letters.')
}

function letterLine(letter: DeadLetter, terminal: Terminal): string {
  const { message } = letter
  return `${message.id}  ${messageLine(message, terminal)}\n    ${terminal.style('yellow', oneLine(whyOf(letter)))}`
}

function whyOf({ kind, reason, attempts, until }: DeadLetter): string {
  if (kind === 'unsent') return `not sent: ${reason}`
  if (kind === 'pending') return `${reason} (after ${attempts})`
  return `held back ${until === undefined ? 'until it is redriven' : `until ${localTime(until)}`}: ${reason}`
}

/** Nothing is thrown away, or tried again, by a command that forgot to say what. */
function chosen(ids: readonly string[], { all, conversation }: DeadOptions): DeadLetterQuery {
  if ((all ?? false) === ids.length > 0) throw new UsageError('Name messages by their ids, or take --all.')
  return {
    ...(all ? {} : { messageIds: ids }),
    ...(conversation === undefined ? {} : { conversationId: conversation }),
  }
}

function count(number: number, done: string, terminal: Terminal): void {
  terminal.print({ [done]: number }, `${number} ${done}`)
}
