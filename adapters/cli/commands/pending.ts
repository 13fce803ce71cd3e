/** `im-client pending`: the queue of a digital employee, without a server. */
import { type Command, Option } from 'commander'
import type { ClaimedMessage, ClaimOptions, IMClient, Importance } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { messageLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace } from '../options.ts'
import { withClient } from '../session.ts'
import { parseCount, parseDuration } from '../values.ts'

interface ListOptions extends WorkspaceOptions {
  readonly conversation?: string
  readonly importance?: Importance
}

interface TakeOptions extends WorkspaceOptions {
  readonly conversation?: string
  readonly limit?: number
  readonly lease: number
  readonly anyOrder?: boolean
}

interface ReleaseOptions extends WorkspaceOptions {
  readonly delay?: number
  readonly error?: string
}

const EXAMPLES = `
Examples:
  im-client pending list --workspace employee
  im-client pending claim --lease 10m --workspace employee --json
  im-client pending complete <token> --workspace employee
  im-client pending release <token> --delay 5m --error "the printer is off" --workspace employee
  im-client pending fail <token> "no such file" --workspace employee

A claim holds for its lease, also after the command has ended; its token proves it. While an agent runs on the workspace,
these commands ask it.`

/** Adds `pending` with `list`, `claim`, `complete`, `release` and `fail`. */
export function addPending(program: Command, context: Context): void {
  const pending = program.command('pending').description('work on the queue').addHelpText('after', EXAMPLES)
  const command = (name: string, description: string) =>
    withWorkspace(pending.command(name).description(description)).addHelpText('after', EXAMPLES)
  const on = (options: WorkspaceOptions, use: (client: IMClient) => Promise<void>) => withClient(options, context, use)
  const onClaim = (token: string, options: WorkspaceOptions, use: (claim: ClaimedMessage) => Promise<void>) =>
    on(options, async client => use(await client.resumeClaim(token)))

  command('list', 'list what the agent has still to process, oldest first; takes nothing')
    .option('--conversation <id>', 'of this conversation only')
    .addOption(new Option('--importance <level>', 'of this importance only').choices(['low', 'normal', 'high']))
    .action((options: ListOptions) => on(options, client => list(client, options, context)))
  command('claim', 'take work, and print it with its token')
    .option('--limit <n>', 'at most so many (default: 1)', parseCount)
    .option('--lease <time>', 'how long the claim holds (default: 10m)', parseDuration, 600_000)
    .option('--conversation <id>', 'of this conversation only')
    .option('--any-order', 'also what stands behind work of the same conversation')
    .action((options: TakeOptions) => on(options, client => take(client, options, context)))
  command('complete <token>', 'the work is done: it leaves the queue').action(
    (token: string, options: WorkspaceOptions) => onClaim(token, options, claim => claim.complete()),
  )
  command('release <token>', 'give work back')
    .option('--delay <time>', 'not to be claimed again before', parseDuration)
    .option('--error <text>', 'why')
    .action((token: string, options: ReleaseOptions) => onClaim(token, options, claim => release(claim, options)))
  command('fail <token> <reason>', 'give work up: it goes to the dead letters').action(
    (token: string, reason: string, options: WorkspaceOptions) => onClaim(token, options, claim => claim.fail(reason)),
  )
}

async function list(client: IMClient, { conversation, importance }: ListOptions, { terminal }: Context): Promise<void> {
  const messages = await client.getPendingMessages({
    ...(conversation === undefined ? {} : { conversationId: conversation }),
    ...(importance === undefined ? {} : { importance }),
  })
  for (const message of messages) terminal.print(message, messageLine(message, terminal))
  if (messages.length === 0) terminal.note('Nothing is pending.')
}

async function take(
  client: IMClient,
  { limit = 1, lease, conversation, anyOrder }: TakeOptions,
  { terminal }: Context,
): Promise<void> {
  const options: ClaimOptions = {
    limit,
    leaseMs: lease,
    renew: false, // this process ends, and the claim is to hold
    order: anyOrder ? 'any' : 'conversation',
    ...(conversation === undefined ? {} : { conversationId: conversation }),
  }
  const claims = await client.claimMessages(options)
  for (const { message, token, attempts } of claims) {
    terminal.print({ token, attempts, message }, `${token}  ${messageLine(message, terminal)}`)
  }
  if (claims.length === 0) terminal.note('Nothing can be claimed now.')
}

async function release(claim: ClaimedMessage, { delay, error }: ReleaseOptions): Promise<void> {
  await claim.release({
    ...(delay === undefined ? {} : { delayMs: delay }),
    ...(error === undefined ? {} : { error }),
  })
}
