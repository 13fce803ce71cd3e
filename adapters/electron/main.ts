/** `im-client/adapters/electron/main`: the main process, which owns the workspaces, serves views of them to its windows. */
export type {
  FrameNavigated,
  IpcMainPart,
  WindowContents,
  WindowFrame,
  WindowMessageEvent,
  WindowMessageListener,
} from './electron-parts.ts'
export { mainFrameOf } from './main-frame.ts'
export { type Refused, type ServedWindows, type ServeWindowsOptions, serveWindows } from './serve-windows.ts'
export {
  type SecondInstanceListener,
  type SecondStart,
  type SingleInstanceApp,
  type SingleInstanceOptions,
  singleInstance,
} from './single-instance.ts'
export { type PowerMonitorPart, wakeOnResume, wakingClock } from './wake.ts'
