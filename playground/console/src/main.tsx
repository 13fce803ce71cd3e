/** Starts the console in the page. */
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { browserHost } from './host/browser-host.ts'
import type { DesktopWindow } from './host/desktop-host.ts'
import type { Host } from './host/host.ts'
import { startI18n } from './i18n/i18n.ts'
import { shareNonce } from './nonce.ts'
import { resumeSession } from './session/session.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the console.')
shareNonce()
const opened = findHost().then(async host => ({ host, resumed: await resumeSession(host) }))
const [{ host, resumed }] = await Promise.all([opened, startI18n()])
createRoot(root).render(
  <StrictMode>
    <App host={host} resumed={resumed} />
  </StrictMode>,
)

/** A window of the desktop app has bridges to its main process; a browser's tab has none, and does not load what uses them. */
async function findHost(): Promise<Host> {
  const bridges = window as Partial<DesktopWindow>
  if (!bridges.imDesktop || !bridges.imBridge) return browserHost()
  const { desktopHost } = await import('./host/desktop-host.ts')
  return await desktopHost(bridges as DesktopWindow)
}
