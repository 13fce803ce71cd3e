/** The runtime's own WebSocket, read when it is needed. On Node a conditional import (`#websocket`) puts `ws` here. */

/** The parts of the WebSocket interface that the transport uses, and `terminate`, where a runtime has it. */
export interface WebSocketLike {
  close(code?: number, reason?: string): void
  terminate?(): void
}

/** Makes WebSockets. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

/** The WebSocket class of this runtime. */
export function webSocketConstructor(): WebSocketConstructor {
  return globalThis.WebSocket as unknown as WebSocketConstructor
}
