/**
 * `im-client/adapters/electron/preload`: gives a page its end of the bridge, and nothing else of Electron. `preload.cjs` beside
 * it is the same as a script of its own, for windows that need no other.
 */
import { BRIDGE_NAME, BRIDGE_VERSION, type Bridge, IPC_CHANNEL } from './bridge.ts'
import { type IpcRendererPart, WindowPorts } from './window-ports.ts'

/** What of Electron a preload script has and this needs. */
export interface PreloadParts {
  readonly contextBridge: { exposeInMainWorld(name: string, api: unknown): void }
  readonly ipcRenderer: IpcRendererPart
}

/** Puts the bridge on the page's `window`, as `imBridge`. Once in each document, by its preload script. */
export function exposeBridge({ contextBridge, ipcRenderer }: PreloadParts): void {
  const ports = new WindowPorts(ipcRenderer)
  ipcRenderer.on(IPC_CHANNEL, (_event, message) => ports.take(message))
  const bridge: Bridge = {
    version: BRIDGE_VERSION,
    connect: (workspace, onText, onClose) => ports.connect(workspace, onText, onClose),
  }
  contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge)
}
