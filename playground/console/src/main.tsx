/** Starts the console in the page. */
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { browserHost } from './host/browser-host.ts'
import { startI18n } from './i18n/i18n.ts'
import { shareNonce } from './nonce.ts'
import { resumeSession } from './session/session.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the console.')
shareNonce()
const host = browserHost()
const [resumed] = await Promise.all([resumeSession(host), startI18n()])
createRoot(root).render(
  <StrictMode>
    <App host={host} resumed={resumed} />
  </StrictMode>,
)
