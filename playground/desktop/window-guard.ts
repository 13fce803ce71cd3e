/** Keeps the windows to the console: they go nowhere else, open nothing, and may do next to nothing. */

/** What of a page's contents is guarded: Electron's `WebContents`. */
export interface GuardedContents {
  on(event: 'will-navigate' | 'will-redirect' | 'will-frame-navigate', listener: NavigationListener): unknown
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void
}

/** A page wants to go somewhere. */
export type NavigationListener = (event: Preventable & { readonly url: string }) => void

interface Preventable {
  preventDefault(): void
}

/** What windows are guarded with. */
export interface GuardOptions {
  /** The origin of the console's page, such as `app://console`. */
  readonly origin: string
  /** Opens an address where the person's own browser is. */
  readonly openOutside: (url: string) => void
}

/** Longer addresses are nobody's. */
const MAX_URL = 8000

/** Guards the contents of a window, from before its page is loaded. */
export function guardContents(contents: GuardedContents, { origin, openOutside }: GuardOptions): void {
  const stay: NavigationListener = event => {
    if (!isWithin(event.url, origin)) event.preventDefault()
  }
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate'] as const) contents.on(event, stay)
  contents.on('will-attach-webview', event => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isOutside(url)) openOutside(url)
    return { action: 'deny' }
  })
}

/** Whether the system's browser is handed an address: of the web, and nothing that starts a program. */
export function isOutside(url: string): boolean {
  return url.length <= MAX_URL && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

/** Whether a page may have a permission: to copy, and no other. */
export function isPermitted(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}

/** Whether a page may load an address at all: its own files, and what it made itself. */
export function mayLoad(url: string, origin: string): boolean {
  return isWithin(url, origin) || /^(data|blob|devtools):/.test(url)
}

/** The origin of a scheme of one's own is told by the text: by its specification `URL` knows none. */
function isWithin(url: string, origin: string): boolean {
  return url === origin || url.startsWith(`${origin}/`)
}
