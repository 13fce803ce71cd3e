/** The public face of `im-client/server`: an IM server for any runtime, over any storage and any sockets. */
export { type Authenticator, type Credentials, noAuthentication, tokenAuthenticator } from './authenticator.ts'
export { DEFAULT_LIMITS, type ServerLimits } from './limits.ts'
export { IMServer, type IMServerOptions, type ServerStats } from './server.ts'
export type { ServerConnection, ServerSocket } from './server-socket.ts'
export { createToken, MIN_TOKEN_KEY_BYTES, type TokenClaims, type TokenVerdict, verifyToken } from './token.ts'
