/** `im-client history`: reads what is stored, without a server. */
import type { Command } from 'commander'
import type { IMClient } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { conversationLine, messageLine, oneLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace } from '../options.ts'
import { withClient } from '../session.ts'
import { parseCount } from '../values.ts'

interface HistoryOptions extends WorkspaceOptions {
  readonly limit: number
  readonly before?: number
  readonly after?: number
}

const EXAMPLES = `
Examples:
  im-client history --workspace bob                    which conversations there are
  im-client history alice --workspace bob --limit 10   the newest ten messages, oldest first
  im-client history '#ubuntu/2004-11-15_03' -w bob --before 120 --json`

/** Adds `history`. */
export function addHistory(program: Command, context: Context): void {
  withWorkspace(program.command('history').description('show the messages of a conversation, oldest first'))
    .argument('[conversation]', "the other side's id, or a group's; without it: the conversations")
    .option('-n, --limit <number>', 'at most this many messages', parseCount, 50)
    .option('--before <seq>', 'only messages before this sequence number', parseCount)
    .option('--after <seq>', 'only messages after this sequence number, the first ones', parseCount)
    .addHelpText('after', EXAMPLES)
    .action((conversation: string | undefined, options: HistoryOptions) =>
      withClient(options, context, client =>
        conversation === undefined ? showConversations(client, context) : show(client, conversation, options, context),
      ),
    )
}

async function show(
  client: IMClient,
  conversationId: string,
  { limit, before, after }: HistoryOptions,
  { terminal }: Context,
): Promise<void> {
  const bounds = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
  const messages = await client.getConversationHistory({ conversationId, limit, ...bounds })
  for (const message of messages) terminal.print(message, messageLine(message, terminal))
  if (messages.length === 0) terminal.note(`No messages with ${oneLine(conversationId)} here.`)
}

async function showConversations(client: IMClient, { terminal }: Context): Promise<void> {
  const conversations = await client.listConversations()
  for (const conversation of conversations) terminal.print(conversation, conversationLine(conversation, terminal))
  if (conversations.length === 0) terminal.note('No conversations here yet.')
}
