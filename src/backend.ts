/**
 * What a client's methods are done by: this process, where it owns the workspace, or the process that does, where this
 * client is a view of it.
 */
import type { IMClientApi } from './api.ts'
import type { ConnectionState } from './connection/state.ts'
import type { IMClientEvents } from './messaging/events.ts'
import type { MessageHandlerFunction } from './messaging/offer.ts'
import type { Worker, WorkerOptions, WorkHandler } from './messaging/pending-worker.ts'
import type { Emitter } from './model/emitter.ts'
import type { IMClientOptions } from './options.ts'

/** What stays with the client itself. */
type Own = 'state' | 'on' | 'close' | 'onMessage' | 'messages' | 'processPending'

/** What a backend does: most methods of the client, and what the others need. */
export interface BackendMethods extends Omit<IMClientApi, Own> {
  /** Adds a message handler; gives the way to take it back. */
  handle(handler: MessageHandlerFunction): Promise<() => void>
  /** Starts a worker. */
  work(handler: WorkHandler, options: WorkerOptions): Promise<Worker>
}

/** Methods of the client that its backend does. */
export type MethodName = Exclude<keyof IMClientApi, Own>

/** See the head of this file. */
export interface Backend {
  /** Whether what is under way may still use the client while it closes. */
  readonly isInGrace: boolean
  /** Does what {@link BackendMethods} promises under this name. */
  call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown>
  /** Lets handlers that run finish for a while, then ends everything. */
  close(): Promise<void>
}

/** What a backend is opened for: one client. */
export interface BackendOptions {
  readonly options: IMClientOptions
  readonly emitter: Emitter<IMClientEvents>
  /** Told of each state of the connection, before anybody else is. */
  readonly onState: (state: ConnectionState) => void
}
