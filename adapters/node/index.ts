/** `im-client/adapters/node`: the embedded server on HTTP and WebSocket, and its token key. */
export { type ServedIM, type ServeOptions, serveIM } from './serve.ts'
export { readTokenKey } from './token-key.ts'
