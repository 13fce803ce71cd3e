/** The preload script of the app's windows, bundled into one file: both bridges, and nothing else of Electron. */
import { contextBridge, ipcRenderer } from 'electron'
import { exposeBridge } from 'im-client/adapters/electron/preload'
import { exposeDesktop } from './expose-desktop.ts'

exposeBridge({ contextBridge, ipcRenderer })
exposeDesktop({ contextBridge, ipcRenderer })
