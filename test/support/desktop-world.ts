/** The whole app but Electron, over folders of its own: windows, notifications and the tray's number are seen by a test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Desktop, type DesktopOptions } from '../../playground/desktop/desktop.ts'
import type { Notice } from '../../playground/desktop/notices.ts'
import { desktopTexts } from '../../playground/desktop/texts.ts'
import { FAKE_ORIGIN, FakeWindow } from './fake-window.ts'
import { FakeIpcMain, loadPage, type PageGlobals } from './window-page.ts'

/** A notification on the screen. */
export interface ShownNotice extends Notice {
  readonly click: () => void
}

/** The folders of an app that is started more than once. */
export interface DesktopFolders {
  readonly workspaces: string
  readonly state: string
}

/** Folders of this test. */
export async function desktopFolders(): Promise<DesktopFolders> {
  const home = await mkdtemp(join(tmpdir(), 'im-desktop-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return { workspaces: join(home, 'workspaces'), state: join(home, 'state') }
}

/** See the head of this file. */
export class DesktopWorld {
  readonly ipcMain = new FakeIpcMain()
  readonly windows: FakeWindow[] = []
  readonly notices: ShownNotice[] = []
  readonly unread: number[] = []
  readonly desktop: Desktop

  constructor(folders: DesktopFolders, options: Partial<DesktopOptions> = {}) {
    const { origin = FAKE_ORIGIN } = options
    this.desktop = new Desktop({
      ...folders,
      origin,
      server: 'http://127.0.0.1:8080',
      ipcMain: this.ipcMain,
      encryption: {
        isEncryptionAvailable: () => true,
        encryptString: text => Buffer.from(text).map(byte => byte ^ 0xff) as Buffer,
        decryptString: bytes => Buffer.from(bytes.map(byte => byte ^ 0xff)).toString(),
      },
      board: { show: (notice, click) => this.#show({ ...notice, click }) },
      texts: desktopTexts('en'),
      createWindow: hash => this.#open(new FakeWindow(hash, origin)),
      onUnread: total => void this.unread.push(total),
      ...options,
    })
    onTestFinished(() => this.desktop.close())
  }

  /** The page in a window. */
  page(window: FakeWindow): PageGlobals {
    return loadPage(window, this.ipcMain)
  }

  /** The windows that are open, in the order in which they were opened. */
  get open(): FakeWindow[] {
    return this.windows.filter(window => !window.isDestroyed())
  }

  #open(window: FakeWindow): FakeWindow {
    this.windows.push(window)
    return window
  }

  #show(notice: ShownNotice): { close(): void } {
    this.notices.push(notice)
    return { close: () => void this.notices.splice(this.notices.indexOf(notice), 1) }
  }
}
