/** Which frames may look at a workspace. */
import type { WindowFrame } from './electron-parts.ts'

/**
 * Lets in the main frames of pages of these origins, such as `app://console`: no frame inside a page, whatever it shows, and
 * no window that has left them. For `isAllowed` of `serveWindows`.
 */
export function mainFrameOf(...origins: readonly string[]): (frame: WindowFrame) => boolean {
  return ({ parent, origin, url }) =>
    parent === null && origins.some(allowed => origin === allowed && isWithin(url, allowed))
}

/** Electron tells the origin of a frame, and where it stands: both have to be right. */
function isWithin(url: string, origin: string): boolean {
  return url === origin || ['/', '?', '#'].some(end => url.startsWith(`${origin}${end}`))
}
