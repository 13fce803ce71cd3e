/**
 * What is used of Electron, by its shape: nothing of this adapter loads Electron by itself, so that all of it also runs, and
 * is tested, where there is none. Electron's own objects fit.
 */

/** A frame of a window: `WebFrameMain`. Once it is gone it tells only that: everything else of it may throw. */
export interface WindowFrame {
  /** Where it stands at this moment. */
  readonly url: string
  /** As the browser sees it, for instance `app://console`; `null` as text where it has none. */
  readonly origin: string
  /** The frame around it; `null` for the main frame of a window. */
  readonly parent: unknown
  readonly processId: number
  readonly routingId: number
  isDestroyed(): boolean
  /** Throws once the frame is gone, or logs an error. */
  send(channel: string, message: unknown): void
}

/** What a window shows: `WebContents`. */
export interface WindowContents {
  readonly id: number
  on(event: 'did-frame-navigate', listener: FrameNavigated): unknown
  on(event: 'render-process-gone' | 'destroyed', listener: () => void): unknown
  removeListener(event: 'did-frame-navigate', listener: FrameNavigated): unknown
  removeListener(event: 'render-process-gone' | 'destroyed', listener: () => void): unknown
}

/** Another document has come into a frame, be it the same page once more. */
export type FrameNavigated = (
  event: unknown,
  url: string,
  httpResponseCode: number,
  httpStatusText: string,
  isMainFrame: boolean,
  processId: number,
  routingId: number,
) => void

/** Who sent a message: `IpcMainEvent`. */
export interface WindowMessageEvent {
  readonly sender: WindowContents
  /** `null` once the frame is gone. */
  readonly senderFrame: WindowFrame | null
}

/** A listener to messages of windows. */
export type WindowMessageListener = (event: WindowMessageEvent, message: unknown) => void

/** Where messages of windows arrive: `ipcMain`. */
export interface IpcMainPart {
  on(channel: string, listener: WindowMessageListener): unknown
  removeListener(channel: string, listener: WindowMessageListener): unknown
}
