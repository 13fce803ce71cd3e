/** Electron's own objects fit what the adapter takes. The compiler checks it; of Electron nothing is loaded. */
import type { App, ContextBridge, IpcMain, IpcRenderer, PowerMonitor, WebContents, WebFrameMain } from 'electron'
import type {
  IpcMainPart,
  PowerMonitorPart,
  ServeWindowsOptions,
  SingleInstanceApp,
  WindowContents,
  WindowFrame,
} from 'im-client/adapters/electron/main'
import type { PreloadParts } from 'im-client/adapters/electron/preload'
import { expectTypeOf, it } from 'vitest'

it("Electron's objects fit the adapter's", () => {
  expectTypeOf<IpcMain>().toExtend<IpcMainPart>()
  expectTypeOf<WebContents>().toExtend<WindowContents>()
  expectTypeOf<WebFrameMain>().toExtend<WindowFrame>()
  expectTypeOf<App>().toExtend<SingleInstanceApp>()
  expectTypeOf<PowerMonitor>().toExtend<PowerMonitorPart>()
  expectTypeOf<{ ipcRenderer: IpcRenderer; contextBridge: ContextBridge }>().toExtend<PreloadParts>()
})

it('What is none of them does not fit', () => {
  expectTypeOf<IpcRenderer>().not.toExtend<WindowContents>()
  expectTypeOf<{ url: string; origin: string }>().not.toExtend<WindowFrame>()
  expectTypeOf<Omit<ServeWindowsOptions, 'isAllowed'>>().not.toExtend<ServeWindowsOptions>()
})
