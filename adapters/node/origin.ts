/** Which web pages may open a connection. Programs send no Origin; browsers always do, and cannot choose it. */
import type { IncomingMessage } from 'node:http'

/** Whether a request may be upgraded: no Origin, that of the server itself, or one that was allowed. */
export function isAllowedOrigin({ headers }: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers
  if (origin === undefined || allowedOrigins.includes(origin)) return true
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
