/**
 * Answers the windows of the app. Only named methods are answered, only the console's own main frame is, and nothing is
 * passed on as it came: every argument is made anew from the parts that it may have.
 */
import { IMError, isId } from 'im-client'
import type { WindowFrame } from 'im-client/adapters/electron/main'
import {
  type Account,
  type Answer,
  DESKTOP_CHANNEL,
  type DesktopMethod,
  type DesktopMethods,
  MAX_TOKEN,
} from './bridge.ts'
import { isServer, isWorkspaceName } from './workspaces.ts'

/** Of Electron's `ipcMain`, what is used. */
export interface InvokedIpc {
  handle(channel: string, listener: InvokeListener): void
  removeHandler(channel: string): void
}

/** Answers one invocation. */
export type InvokeListener = (event: InvokeEvent, ...args: readonly unknown[]) => Promise<unknown>

/** Who asks: `IpcMainInvokeEvent`. */
export interface InvokeEvent {
  readonly sender: { readonly id: number }
  readonly senderFrame: WindowFrame | null
}

/** What the methods do, for the window whose contents have the id. */
export type WindowMethods = {
  readonly [Name in DesktopMethod]: (
    windowId: number,
    ...args: Parameters<DesktopMethods[Name]>
  ) => Promise<ReturnType<DesktopMethods[Name]>>
}

/** What calls are served with. */
export interface ServeCallsOptions {
  readonly ipcMain: InvokedIpc
  readonly isAllowed: (frame: WindowFrame) => boolean
  readonly methods: WindowMethods
}

/** How the arguments of each method are made anew. */
const ARGUMENTS: Readonly<Record<DesktopMethod, (args: readonly unknown[]) => readonly unknown[]>> = {
  begin: none,
  signIn: args => [accountOf(only(args))],
  signOut: none,
  workspaces: none,
  choose: args => [nameOf(only(args))],
  openWindow: none,
  roundTrip: none,
}

/** Answers from now on, until the returned function is called. */
export function serveCalls({ ipcMain, isAllowed, methods }: ServeCallsOptions): () => void {
  const names = Object.keys(ARGUMENTS) as DesktopMethod[]
  for (const name of names) {
    ipcMain.handle(DESKTOP_CHANNEL + name, async ({ sender, senderFrame }, ...args): Promise<Answer<unknown>> => {
      try {
        if (senderFrame === null || !isAllowed(senderFrame)) throw new IMError('FORBIDDEN', 'This frame is not asked.')
        const method = methods[name] as (windowId: number, ...args: readonly unknown[]) => Promise<unknown>
        return { isOk: true, value: await method(sender.id, ...ARGUMENTS[name](args)) }
      } catch (error) {
        return refusal(error)
      }
    })
  }
  return () => {
    for (const name of names) ipcMain.removeHandler(DESKTOP_CHANNEL + name)
  }
}

/** What is no error of the client may name files of this machine: the window is told that it failed, and no more. */
function refusal(error: unknown): Answer<never> {
  if (error instanceof IMError) return { isOk: false, code: error.code, message: error.message }
  return { isOk: false, code: 'INTERNAL', message: 'The app could not do this.' }
}

function none(args: readonly unknown[]): readonly unknown[] {
  if (args.length > 0) throw invalid()
  return []
}

function only(args: readonly unknown[]): unknown {
  if (args.length !== 1) throw invalid()
  return args[0]
}

function accountOf(value: unknown): Account & { readonly token?: string } {
  if (typeof value !== 'object' || value === null) throw invalid()
  const given = new Map<string, unknown>(Object.entries(value))
  const [server, agentId, token] = ['server', 'agentId', 'token'].map(name => given.get(name))
  const isToken = token === undefined || (typeof token === 'string' && token.length <= MAX_TOKEN)
  if (!isServer(server) || !isId(agentId) || agentId.startsWith('group-') || !isToken) throw invalid()
  return { server, agentId, ...(token ? { token } : {}) }
}

function nameOf(value: unknown): string {
  if (!isWorkspaceName(value)) throw invalid()
  return value
}

function invalid(): IMError {
  return new IMError('PROTOCOL_PARAMS_INVALID', 'The arguments are not those of the method.')
}
