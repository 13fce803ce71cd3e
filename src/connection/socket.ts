/**
 * One WebSocket, as a bare wire: partysocket without its queue, its back-off and its retries, each of which would
 * lose or misorder messages. This is the one file that imports it.
 */

import ReconnectingWebSocket from 'partysocket/ws'
import { webSocketConstructor } from '#websocket'
import { SUBPROTOCOL } from '../protocol/version.ts'
import type { WebSocketLike } from './websocket.ts'

/** What a socket reports: at most one `onOpen`, texts, then exactly one `onClose`. */
export interface SocketEvents {
  onOpen(): void
  onText(text: string): void
  /** `reason` is for people. A refused attempt is a close as well. */
  onClose(close: { readonly code: number; readonly reason: string }): void
}

/** An open or opening wire. */
export interface Socket {
  /** Gives a text to the wire; does nothing once it is closed. */
  send(text: string): void
  /** Closes from this side, without `onClose`. What does not answer is cut. */
  close(code: number, reason: string): void
}

/** Opens a wire to a WebSocket URL. */
export type OpenSocket = (url: string, events: SocketEvents, connectTimeoutMs: number) => Socket

/** How long the other end has to answer a close before it is cut: a process must be able to exit within a second. */
const CLOSE_GRACE_MS = 200

/** A WebSocket by partysocket, over `ws` on Node and the runtime's own elsewhere. */
export const openWebSocket: OpenSocket = (url, events, connectTimeoutMs) => {
  let raw: WebSocketLike | undefined
  // A subclass made here would cost each socket a class of its own, in memory and in speed.
  const Observed = new Proxy(webSocketConstructor(), {
    construct: (Base, [target, protocols]) => {
      raw = new Base(target, protocols)
      return raw
    },
  })
  const socket = new ReconnectingWebSocket(url, [SUBPROTOCOL], {
    WebSocket: Observed,
    startClosed: true,
    maxRetries: 0, // one attempt: the Connection Manager decides about the next
    maxEnqueuedMessages: 0, // what cannot be sent now is the outbox's
    connectionTimeout: connectTimeoutMs,
    debugLogger: console.log, // unused, and otherwise bound anew for each socket
  })
  // Property handlers only: listeners get broken copies of synthetic events in browsers. workerd gives those to the property
  // handlers as well, which would then hear everything twice.
  socket.dispatchEvent = () => true
  socket.onopen = () => events.onOpen()
  socket.onmessage = event => events.onText(typeof event.data === 'string' ? event.data : '')
  let failure = ''
  let closed = false
  const finish = (code: number, reason: string) => {
    if (closed) return
    closed = true
    events.onClose(failure ? { code: 1006, reason: failure } : { code, reason })
  }
  // A failed attempt is reported as a clean close first and as an error after it: the close waits for its reason.
  socket.onclose = event => queueMicrotask(() => finish(event.code, event.reason))
  socket.onerror = event => {
    failure = event.message || 'the connection failed'
    finish(1006, failure)
    cut(raw)
  }
  socket.reconnect()
  return {
    send: text => void (closed || socket.send(text)),
    close: (code, reason) => {
      closed = true
      socket.close(code, reason)
      setTimeout(() => cut(raw), CLOSE_GRACE_MS)
    },
  }
}

/** Browsers cut by themselves what does not answer; `ws` would wait for 30 seconds and keep the process alive. */
function cut(raw: WebSocketLike | undefined): void {
  raw?.terminate?.()
}
