/**
 * The app without Electron: workspaces, windows, notices and the tray's number, put together from parts that it is given.
 * Whoever is signed in stays so, and hears of new messages, when every window is closed.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Clock, type IMClient, IMError } from 'im-client'
import { type IpcMainPart, mainFrameOf, type ServedWindows, serveWindows } from 'im-client/adapters/electron/main'
import { fsStorage } from 'im-client/adapters/fs'
import { type Account, DESKTOP_CHANNEL, type LocalWorkspace, type OpenedWorkspace } from './bridge.ts'
import { type InvokedIpc, serveCalls, type WindowMethods } from './calls.ts'
import { Desk, type DeskEvents } from './desk.ts'
import { Desks } from './desks.ts'
import { type NoticeBoard, Notices } from './notices.ts'
import { Remembered } from './remembered.ts'
import { measureRoundTrip } from './round-trip.ts'
import type { DesktopTexts } from './texts.ts'
import { type Encryption, TokenSafe } from './token-safe.ts'
import { UnreadCounts } from './unread.ts'
import { type ConsoleWindow, present, Windows } from './windows.ts'
import { Workspaces } from './workspaces.ts'

/** What the app is made of. */
export interface DesktopOptions {
  /** The folder of the workspaces, `~/.gateway/workspaces`. */
  readonly workspaces: string
  /** The app's own folder: what it remembers, and encrypted tokens. */
  readonly state: string
  /** The server that is proposed to whoever signs in. */
  readonly server: string
  /** The origin of the console's page. */
  readonly origin: string
  readonly ipcMain: IpcMainPart & InvokedIpc
  readonly encryption: Encryption
  readonly board: NoticeBoard
  readonly texts: DesktopTexts
  /** Opens a window at an address of the console, such as `#/chats/bob`. */
  readonly createWindow: (hash: string) => ConsoleWindow
  readonly onUnread: (total: number) => void
  readonly clock?: Clock
  /** Called with each client while it is open; what it gives is called at its end. */
  readonly attend?: (client: IMClient) => () => void
}

/** See the head of this file. */
export class Desktop {
  readonly #options: DesktopOptions
  readonly #workspaces: Workspaces
  readonly #tokens: TokenSafe
  readonly #remembered: Remembered
  readonly #desks = new Desks()
  readonly #windows = new Windows(() => this.#onWindows())
  readonly #unread = new UnreadCounts()
  readonly #notices: Notices
  #served: ServedWindows | undefined
  #unserve: () => void = () => {}
  #isClosing = false

  constructor(options: DesktopOptions) {
    const { workspaces, state, encryption, board, texts } = options
    this.#options = options
    this.#workspaces = new Workspaces(workspaces)
    this.#tokens = new TokenSafe({ folder: join(state, 'tokens'), encryption })
    this.#remembered = new Remembered(join(state, 'desktop.json'))
    this.#notices = new Notices({
      board,
      texts,
      isLooking: () => this.#windows.isLooking,
      onOpen: (workspace, conversationId) => this.#show(workspace, conversationId),
    })
  }

  /** Answers windows, and opens those of the last time, or one to choose in. */
  async start(conversationId?: string): Promise<void> {
    const { ipcMain, origin } = this.#options
    const isOurs = mainFrameOf(origin)
    this.#served = serveWindows({
      ipcMain,
      isAllowed: (frame, workspace) => isOurs(frame) && this.#windows.workspaceOf(frame) === workspace,
      reach: async (workspace, events) => await this.#desks.get(workspace)?.reach(events),
    })
    this.#unserve = serveCalls({ ipcMain, isAllowed: isOurs, methods: this.#methods() })
    const found = await Promise.all((await this.#remembered.read()).map(name => this.#workspaces.find(name)))
    const last = found.filter(workspace => workspace !== undefined)
    for (const at of last.toReversed()) {
      this.#openDesk(at).catch(() => {
        // its window asks for it too, and says what is wrong
      })
      this.#openWindow(at.workspace, at === last[0] ? conversationId : undefined)
    }
    if (last.length === 0) this.#openWindow(undefined, conversationId) // where whoever signs in goes next
  }

  /** Opens a window to sign in or to choose in. */
  openWindow(): void {
    this.#openWindow(undefined)
  }

  /** Brings the window before the person that was used last, or opens one. */
  activate(): void {
    const [last] = this.#windows.list()
    if (last) present(last.window)
    else this.#openWindow(this.#desks.list()[0]?.at.workspace)
  }

  /** Shows a conversation, in the window of whichever account has it. */
  async openConversation(conversationId: string): Promise<void> {
    const shown = this.#windows.list().flatMap(({ workspace }) => this.#desks.get(workspace ?? '') ?? [])
    const desks = [...new Set([...shown, ...this.#desks.list()])]
    const knowing = await Promise.all(desks.map(desk => desk.knows(conversationId).catch(() => false)))
    const desk = desks.find((_, at) => knowing[at]) ?? desks[0]
    if (desk) this.#show(desk.at.workspace, conversationId)
    else this.activate()
  }

  /** Closes the windows, then every workspace: what was written is stored. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const { window } of this.#windows.list()) window.close()
    this.#unserve()
    this.#served?.close()
    this.#notices.clearAll()
    await Promise.all([this.#desks.closeAll(), this.#remembered.written()])
  }

  #methods(): WindowMethods {
    return {
      begin: async windowId => {
        const { server } = this.#options
        const { workspace } = this.#windows.get(windowId) ?? {}
        const at = workspace === undefined ? undefined : await this.#find(workspace)
        return at ? { server, workspace: await this.#opened(at) } : { server }
      },
      signIn: (windowId, account) => this.#signIn(windowId, account),
      signOut: async windowId => {
        const { workspace } = this.#windows.get(windowId) ?? {}
        if (workspace !== undefined) await this.#signOut(workspace, windowId)
        return null
      },
      workspaces: () => this.#workspaces.list(),
      choose: (windowId, workspace) => this.#choose(windowId, workspace),
      openWindow: async () => {
        this.openWindow()
        return null
      },
      roundTrip: async windowId => {
        const desk = this.#desks.get(this.#windows.get(windowId)?.workspace ?? '')
        return desk ? await measureRoundTrip(desk.at.server) : null
      },
    }
  }

  async #signIn(
    windowId: number,
    { server, agentId, token }: Account & { readonly token?: string },
  ): Promise<OpenedWorkspace> {
    const workspace = await this.#workspaces.nameFor({ server, agentId })
    const at = { workspace, server, agentId }
    if (token !== undefined) await this.#tokens.set(at, token)
    this.#windows.bind(windowId, workspace)
    const known = this.#desks.get(workspace)
    await this.#openDesk(at)
    this.#remembered.use(workspace)
    if (token !== undefined) known?.connect()
    return await this.#opened(at)
  }

  /** The windows are told before the workspace goes: they would look for its next owner. */
  async #signOut(workspace: string, windowId: number): Promise<void> {
    for (const { window, workspace: shown } of this.#windows.list()) {
      if (shown !== workspace) continue
      const { id } = window.webContents
      if (id !== windowId) window.webContents.send(`${DESKTOP_CHANNEL}signedOut`, null)
      this.#windows.bind(id, undefined)
    }
    const at = await this.#find(workspace)
    this.#remembered.forget(workspace)
    await this.#desks.close(workspace)
    this.#tell(workspace, 0)
    if (at) await this.#tokens.delete(at)
  }

  async #choose(windowId: number, workspace: string): Promise<OpenedWorkspace | null> {
    const at = await this.#workspaces.find(workspace)
    if (!at) throw new IMError('FORBIDDEN', 'There is no workspace of this name.')
    const other = this.#windows.showing(workspace)
    if (other && other.webContents.id !== windowId) {
      present(other)
      this.#windows.get(windowId)?.window.close()
      return null
    }
    this.#windows.bind(windowId, workspace)
    return await this.#opened(at)
  }

  async #find(workspace: string): Promise<LocalWorkspace | undefined> {
    return this.#desks.get(workspace)?.at ?? (await this.#workspaces.find(workspace))
  }

  async #opened(at: LocalWorkspace): Promise<OpenedWorkspace> {
    const folder = join(this.#workspaces.folder(at.workspace), 'im_client').replace(homedir(), '~')
    return { ...at, folder, hasToken: (await this.#tokens.get(at)) !== '' }
  }

  async #openDesk(at: LocalWorkspace): Promise<void> {
    const events: DeskEvents = {
      onArrival: ({ at: { workspace } }, message, name) => this.#notices.tell({ workspace, message, name }),
      onUnread: ({ at: { workspace } }, counts) => this.#onUnread(workspace, counts),
    }
    const { attend, clock } = this.#options
    const storage = fsStorage(this.#workspaces.folder(at.workspace))
    const token = () => this.#tokens.get(at)
    await this.#desks.open(at.workspace, () =>
      Desk.open({ at, storage, token, events, ...(attend && { attend }), ...(clock && { clock }) }),
    )
  }

  #openWindow(workspace: string | undefined, conversationId?: string): void {
    const hash = conversationId === undefined ? '' : `#/chats/${encodeURIComponent(conversationId)}`
    this.#windows.add(this.#options.createWindow(hash), workspace)
  }

  #show(workspace: string, conversationId: string): void {
    const window = this.#windows.showing(workspace)
    if (!window) return this.#openWindow(workspace, conversationId)
    present(window)
    window.webContents.send(`${DESKTOP_CHANNEL}show`, conversationId)
  }

  #onWindows(): void {
    if (this.#isClosing) return // what was open last is to be opened again
    const [last] = this.#windows.list()
    if (last?.workspace !== undefined && this.#desks.get(last.workspace)) this.#remembered.use(last.workspace)
    if (this.#windows.isLooking) this.#notices.clearAll()
  }

  #onUnread(workspace: string, counts: ReadonlyMap<string, number>): void {
    this.#notices.keep(workspace, counts)
    this.#tell(
      workspace,
      [...counts.values()].reduce((sum, count) => sum + count, 0),
    )
  }

  #tell(workspace: string, count: number): void {
    if (this.#unread.set(workspace, count)) this.#options.onUnread(this.#unread.total)
  }
}
