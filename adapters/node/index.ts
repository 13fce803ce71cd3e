/** `im-client/adapters/node`: the embedded server on HTTP and WebSocket, its token key, and the eyes of supervisors. */
export { type ServedIM, type ServeOptions, serveIM } from './serve.ts'
export { type Supervision, VIEW_SUBPROTOCOL } from './supervision.ts'
export { readTokenKey } from './token-key.ts'
