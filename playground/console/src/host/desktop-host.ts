/**
 * The console in a window of the desktop app: the main process has the workspaces, the connection and the tokens, and the
 * client here is a view of it.
 */
import { IM_ERROR_CODES, IMError, type IMErrorCode } from 'im-client'
import type { Bridge } from 'im-client/adapters/electron/renderer'
import { type Answer, DESKTOP_VERSION, type DesktopBridge } from '../../../desktop/bridge.ts'
import { navigate } from '../route.ts'
import { DesktopEntry } from './desktop-entry.ts'
import type { Chooser, Host } from './host.ts'

/** What the preload script has put on the page's `window`. */
export interface DesktopWindow {
  readonly imDesktop: DesktopBridge
  readonly imBridge: Bridge
}

/** See the head of this file. Resolves when the main process has said what this window shows. @throws IMError where it does not */
export async function desktopHost(bridges: DesktopWindow): Promise<Host> {
  const { imDesktop } = bridges
  if (imDesktop.version !== DESKTOP_VERSION) {
    throw new IMError('PROTOCOL_VERSION_UNSUPPORTED', 'The app and its page are of two versions.')
  }
  const { server, workspace } = valueIn(await imDesktop.begin())
  imDesktop.onShow(id => navigate({ section: 'chats', id }))
  return {
    name: 'desktop',
    defaultServer: server,
    proposal: { server },
    chooser: chooserOf(bridges),
    resume: async () => workspace && new DesktopEntry(bridges, workspace),
    signIn: (account, token) => new DesktopEntry(bridges, { ...account, ...(token === '' ? {} : { token }) }),
    watchBuilds: async () => {
      // the page is as old as the app
    },
    reload: async () => location.reload(),
  }
}

/** What was answered. @throws IMError what went wrong in the main process */
export function valueIn<T>(answer: Answer<T>): T {
  if (answer.isOk) return answer.value
  const isKnown = Object.hasOwn(IM_ERROR_CODES, answer.code)
  throw new IMError(isKnown ? (answer.code as IMErrorCode) : 'INTERNAL', answer.message)
}

function chooserOf(bridges: DesktopWindow): Chooser {
  const { imDesktop } = bridges
  return {
    list: async () => valueIn(await imDesktop.workspaces()),
    choose: async name => {
      const opened = valueIn(await imDesktop.choose(name))
      return opened ? new DesktopEntry(bridges, opened) : undefined
    },
    openAnother: () => void imDesktop.openWindow(),
  }
}
