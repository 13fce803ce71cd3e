/** The icon beside the clock: how many messages are unread, and the way back to the windows. */
import { app, Menu, nativeImage, Tray } from 'electron'
import type { DesktopTexts } from './texts.ts'
import { trayIcon } from './tray-icon.ts'
import { badgeText } from './unread.ts'

/** The icon's side in points, and the pixels of a point that it is drawn for. */
const SIZE = process.platform === 'win32' ? 16 : 22
const SCALES = [1, 2] as const

/** What the icon and its menu do. */
export interface TrayActions {
  readonly onShow: () => void
  readonly onAnother: () => void
  readonly onQuit: () => void
}

/** See the head of this file. Comes when the app is ready. */
export class ElectronTray {
  readonly #tray = new Tray(imageOf(0))
  readonly #texts: DesktopTexts

  constructor(texts: DesktopTexts) {
    this.#texts = texts
  }

  /** Shows the icon's menu from now on. */
  begin({ onShow, onAnother, onQuit }: TrayActions): void {
    const { show, another, quit } = this.#texts
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: show, click: onShow },
        { label: another, click: onAnother },
        { type: 'separator' },
        { label: quit, click: onQuit },
      ]),
    )
    this.#tray.on('click', onShow)
    this.setUnread(0)
  }

  /** Shows how many messages are unread. */
  setUnread(count: number): void {
    const { app: name, unread } = this.#texts
    this.#tray.setImage(imageOf(count))
    this.#tray.setToolTip(`${name}: ${unread(count)}`)
    if (process.platform === 'darwin') this.#tray.setTitle(badgeText(count))
    app.setBadgeCount(count) // where the system's dock shows one
  }
}

function imageOf(count: number): Electron.NativeImage {
  const image = nativeImage.createEmpty()
  for (const scaleFactor of SCALES) {
    const pixels = SIZE * scaleFactor
    image.addRepresentation({ scaleFactor, width: pixels, height: pixels, buffer: trayIcon(count, pixels) })
  }
  return image
}
