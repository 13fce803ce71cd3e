/** `im-client pending`: the queue of a digital employee, without a server. */
import type { Command } from 'commander'
import type { IMClient } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { messageLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace } from '../options.ts'
import { withClient } from '../session.ts'

const EXAMPLES = `
Examples:
  im-client pending list --workspace employee
  im-client pending list --workspace employee --json | wc -l

Looks without taking: work is claimed by the program that does it.`

/** Adds `pending` with `list`. */
export function addPending(program: Command, context: Context): void {
  const pending = program.command('pending').description('look at the queue of work').addHelpText('after', EXAMPLES)
  withWorkspace(pending.command('list').description('list what the agent has still to process, oldest first'))
    .addHelpText('after', EXAMPLES)
    .action((options: WorkspaceOptions) => withClient(options, context, client => list(client, context)))
}

async function list(client: IMClient, { terminal }: Context): Promise<void> {
  const messages = await client.getPendingMessages()
  for (const message of messages) terminal.print(message, messageLine(message, terminal))
  if (messages.length === 0) terminal.note('Nothing is pending.')
}
