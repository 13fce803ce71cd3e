/** Which web pages may open a connection. Programs send no Origin; browsers always do, and cannot choose it. */
import type { IncomingMessage } from 'node:http'

/** Where nobody but this machine can connect from. */
const LOOPBACK_HOST = /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/

/** Whether a host, by name or address, is this machine and reached from it alone. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOST.test(host)
}

/** Who may open a connection. */
export interface OriginRule {
  /** Origins besides the server's own. */
  readonly allowedOrigins: readonly string[]
  /** Where the server listens. On loopback its own origin is one of loopback too: any page can give its name the address 127.0.0.1. */
  readonly host: string
}

/** Whether a request may be upgraded: no Origin, that of the server itself, or one that was allowed. */
export function isAllowedOrigin({ headers }: IncomingMessage, { allowedOrigins, host }: OriginRule): boolean {
  const { origin } = headers
  if (origin === undefined || allowedOrigins.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  return url.host === headers.host && (isLoopback(url.hostname) || !isLoopback(host))
}
