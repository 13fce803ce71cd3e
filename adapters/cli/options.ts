/** The options that several commands share, and what they stand for. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import type { TokenSource } from '../../src/index.ts'
import { UsageError } from './exit-code.ts'

/** Where the workspaces and the server's data of a machine are. */
const HOME_FOLDER = join(homedir(), '.gateway')

/** Options of every command that opens a workspace. */
export interface WorkspaceOptions {
  readonly workspace?: string
  readonly agent?: string
}

/** Options of every command that connects. */
export interface ServerOptions extends WorkspaceOptions {
  readonly server?: string
  readonly tokenFile?: string
}

/** Adds `--json`. */
export function withJson(command: Command): Command {
  return command.option('--json', 'one JSON object a line on standard output, errors as JSON on standard error')
}

/** Adds the options of {@link WorkspaceOptions}. */
export function withWorkspace(command: Command): Command {
  const workspace = 'workspace folder, or an id: the folder ~/.gateway/workspaces/<id> (default: the id of --agent)'
  return withJson(command)
    .addOption(new Option('-w, --workspace <path or id>', workspace).env('IM_WORKSPACE'))
    .option('-a, --agent <id>', 'your account; needed the first time, a workspace remembers it')
}

/** Adds the options of {@link ServerOptions}. */
export function withServer(command: Command): Command {
  const server = 'URL of the IM server; needed the first time, a workspace remembers it'
  return withTokenFile(withWorkspace(command).addOption(new Option('-s, --server <url>', server).env('IM_SERVER')))
}

/** Adds `--token-file`. A token is never an argument: every user of a machine can list those. */
export function withTokenFile(command: Command): Command {
  const file = 'file that holds the token, - for standard input (default: from IM_TOKEN)'
  return command.option('--token-file <path>', file)
}

/** Adds `--data`. */
export function withData(command: Command): Command {
  const data = new Option('-d, --data <folder>', "the server's data folder").env('IM_DATA')
  return command.addOption(data.default(join(HOME_FOLDER, 'server'), '~/.gateway/server'))
}

/** The folder of the workspace meant. @throws UsageError where nothing says which */
export function workspacePath({ workspace, agent }: WorkspaceOptions): string {
  if (workspace) return isPath(workspace) ? expandHome(workspace) : join(HOME_FOLDER, 'workspaces', workspace)
  if (agent !== undefined && /^[\w@-][\w.@-]*$/.test(agent)) return join(HOME_FOLDER, 'workspaces', agent)
  throw new UsageError(
    'Which workspace? Give its folder or id with --workspace or the environment variable IM_WORKSPACE, or your account with --agent.',
  )
}

/** A path with its leading `~` replaced by the home folder. */
export function expandHome(path: string): string {
  return resolve(path.replace(/^~(?=$|[/\\])/, homedir()))
}

/**
 * The token meant, if there is one. A file is read anew each time that the client asks, so that a renewed token is found.
 * @throws UsageError for a file that cannot be read or is empty
 */
export async function tokenSource({ tokenFile }: ServerOptions, env = process.env): Promise<TokenSource | undefined> {
  if (tokenFile === undefined) return env['IM_TOKEN'] || undefined
  const read = async () => (tokenFile === '-' ? await text(process.stdin) : await readFile(tokenFile, 'utf8')).trim()
  const token = await read().catch(({ code }: NodeJS.ErrnoException) => {
    throw new UsageError(`The token file ${tokenFile} cannot be read (${code}).`)
  })
  if (token === '') throw new UsageError(`The token file ${tokenFile} is empty.`)
  return tokenFile === '-' ? token : read
}

function isPath(workspace: string): boolean {
  return /[/\\]|^[.~]/.test(workspace)
}
