/** Opening a workspace for one command, connecting it, and closing it whatever happens. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fsStorage, ownerOf } from 'im-client/adapters/fs'
import { IMClient, IMError, type StorageAdapter } from '../../src/index.ts'
import type { Context } from './context.ts'
import { UsageError } from './exit-code.ts'
import { type ServerOptions, tokenSource, workspacePath } from './options.ts'
import type { ReportedOwner } from './report.ts'
import type { Terminal } from './terminal.ts'

/** How long a command waits for a connection where nothing says how long, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000

/** The workspace of a command's client. */
export interface Held {
  /** Open, and to be read only, where this process owns the workspace. */
  readonly storage: StorageAdapter
  /** Who owns it otherwise: the client is a view of that process. */
  readonly owner: ReportedOwner | undefined
}

/** Runs a command on the client of its workspace, or on a view of it where a process has it open, and closes the client. */
export async function withClient(
  options: ServerOptions,
  { terminal }: Context,
  use: (client: IMClient, held: Held) => Promise<void>,
): Promise<void> {
  const path = requireWorkspace(options)
  const storage = fsStorage(path)
  const client = await openClient(storage, options, terminal)
  try {
    const owner = await ownerOf(path)
    const isOwn = owner?.pid === process.pid && owner.host === hostname() // in containers, many a process is number 1
    await use(client, { storage, owner: isOwn ? undefined : owner })
  } finally {
    await client.close()
  }
}

/** How to connect. Without `timeoutMs` there is no last attempt; `isQuiet` says nothing of attempts that fail. */
export interface ConnectOptions extends Context {
  readonly timeoutMs?: number
  readonly isQuiet?: boolean
}

/**
 * Connects, and resolves when the client has caught up with the server.
 * @throws IMError `NOT_CONNECTED` when the time is up; otherwise as `IMClient.connect`
 */
export async function connect(
  client: IMClient,
  { terminal, signal, timeoutMs, isQuiet }: ConnectOptions,
): Promise<void> {
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  let reason: IMError | undefined
  const unlisten = client.on('state', state => {
    if (state.name !== 'waiting') return
    if (!reason && !isQuiet) terminal.note(`No connection yet (${state.reason.message}); trying again.`)
    reason = state.reason
  })
  const giveUp = () => stop.abort(notConnected(timeoutMs, reason))
  const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs)
  try {
    signal.throwIfAborted()
    await asUsage(client.connect({ signal: stop.signal }), 'Give the server with --server or IM_SERVER.')
  } finally {
    clearTimeout(timer)
    unlisten()
    signal.removeEventListener('abort', onAbort)
  }
}

/** The workspace meant. @throws UsageError where it is not there, and nothing says whose it is to be */
export function requireWorkspace(options: ServerOptions): string {
  const path = workspacePath(options)
  if (options.agent !== undefined || existsSync(join(path, 'im_client'))) return path
  throw new UsageError(`There is no workspace at ${path} yet. To make it, give your account with --agent.`)
}

async function openClient(storage: StorageAdapter, options: ServerOptions, terminal: Terminal): Promise<IMClient> {
  const { server, agent } = options
  const token = await tokenSource(options)
  const client = new IMClient({
    storage,
    attach: true,
    ...(server === undefined ? {} : { imServerUrl: server }),
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(token === undefined ? {} : { token }),
  })
  client.on('repair', repair => terminal.warn({ code: 'REPAIRED', ...repair }))
  client.on('error', ({ code, message, details }) => {
    // The commands' own handlers fail only by being left, when their message is offered to the next run.
    if (code !== 'HANDLER_FAILED') terminal.warn({ code, message, details })
  })
  await asUsage(client.open(), 'Give your account with --agent.')
  return client
}

/** That there was no connection within a time, and why. */
export function notConnected(timeoutMs = 0, cause: IMError | undefined): IMError {
  const why = cause ? `: ${cause.message}` : '.'
  return new IMError('NOT_CONNECTED', `No connection to the server within ${timeoutMs / 1000} s${why}`, { cause })
}

/** What the client takes for a programmer's mistake is here a missing or wrong argument. */
async function asUsage<T>(step: Promise<T>, advice: string): Promise<T> {
  try {
    return await step
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${error.message} ${advice}`, { cause: error })
    throw error
  }
}
