/** `im-client status`: how a workspace stands, also where another process owns it. */
import type { Command } from 'commander'
import { ownerOf } from 'im-client/adapters/fs'
import { type ConnectionState, type IMClient, IMError, type IMErrorCode } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-code.ts'
import { type ServerOptions, withTokenFile, withWorkspace, workspacePath } from '../options.ts'
import { type ReportedConnection, type ReportedOwner, reportOn, reportText } from '../report.ts'
import { connect, withClient } from '../session.ts'
import { parseTimeout } from '../values.ts'
import { isWorkspace, readWorkspaceFiles, readWorkspaceStorage, type WorkspaceRecords } from '../workspace-files.ts'

interface StatusOptions extends Omit<ServerOptions, 'server'> {
  readonly timeout: number
  readonly offline?: boolean
}

const EXAMPLES = `
Examples:
  im-client status --workspace employee
  im-client status --workspace employee --json | jq .queue.depth
  im-client status --workspace employee --offline

Exits with 0 also where there is no connection. While another process has the workspace, the report is made from the
workspace's files, says which process that is, and how its connection stands.`

/** Why the process that owns the workspace may not be asked: it lets nobody in, is stopped, or is of another version. */
const UNREACHABLE: readonly IMErrorCode[] = ['STORAGE_LOCKED', 'CONNECTION_TIMEOUT', 'PROTOCOL_VERSION_UNSUPPORTED']

/** Adds `status`. */
export function addStatus(program: Command, context: Context): void {
  withTokenFile(withWorkspace(program.command('status').description('show how a workspace stands')))
    .option('-t, --timeout <time>', 'how long to try to connect (default: 2s)', parseTimeout, 2000)
    .option('--offline', 'do not connect')
    .addHelpText('after', EXAMPLES)
    .action((options: StatusOptions) => status(options, context))
}

async function status(options: StatusOptions, context: Context): Promise<void> {
  const workspace = workspacePath(options)
  if (!isWorkspace(workspace)) throw new UsageError(`There is no workspace at ${workspace}. Give one with --workspace.`)
  const print = (records: WorkspaceRecords, connection: ReportedConnection, owner?: ReportedOwner) => {
    const report = reportOn(records, { workspace, connection, ...(owner ? { owner } : {}), now: Date.now() })
    context.terminal.print(report, reportText(report, context.terminal))
  }
  try {
    await withClient(options, context, async (client, { storage, owner }) => {
      if (owner) return print(await readWorkspaceFiles(workspace), connectionOf(client.state), owner)
      const { config } = await readWorkspaceStorage(storage)
      const connection = config.imServerUrl === undefined ? NO_SERVER : await tryToConnect(client, options, context)
      print(await readWorkspaceStorage(storage), connection)
    })
  } catch (error) {
    if (!(error instanceof IMError) || !UNREACHABLE.includes(error.code)) throw error
    const owner = error.code === 'STORAGE_LOCKED' ? error.details : await ownerOf(workspace)
    print(await readWorkspaceFiles(workspace), { state: 'unknown' }, owner)
  }
}

const NO_SERVER: ReportedConnection = { state: 'untried' }

/** The connection of the process that owns the workspace. */
function connectionOf(state: ConnectionState): ReportedConnection {
  if (state.name === 'connected') return { state: 'connected' }
  if (!('reason' in state)) return { state: 'untried' }
  const { code, message } = state.reason
  return { state: 'failed', code, message }
}

/** Why there is no connection is part of the report, and no failure of it. */
async function tryToConnect(
  client: IMClient,
  { timeout: timeoutMs, offline }: StatusOptions,
  { terminal, signal }: Context,
): Promise<ReportedConnection> {
  if (offline) return { state: 'untried' }
  try {
    await connect(client, { terminal, signal, timeoutMs, isQuiet: true })
    return { state: 'connected' }
  } catch (error) {
    signal.throwIfAborted()
    if (client.state.name === 'connected') return { state: 'connected' } // and still catching up
    if (!(error instanceof IMError)) throw error
    const { code, message } = error
    return { state: 'failed', code, message }
  }
}
