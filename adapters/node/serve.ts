/** The embedded server on Node: HTTP and WebSocket on one port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { ENDPOINT_PATH, SUBPROTOCOL } from '../../src/index.ts'
import { type Authenticator, IMServer, type IMServerOptions, noAuthentication } from '../../src/server/index.ts'
import { isLoopback } from './origin.ts'
import { Pages } from './pages.ts'
import { attachSocket } from './socket-adapter.ts'
import { type Supervision, Supervisor } from './supervision.ts'
import { type Door, takeUpgrades } from './upgrade.ts'

/** Frames between the limit and this many times as much are refused with a code; larger ones by `ws`, with close code 1009. */
const PAYLOAD_SLACK = 2

/** What to serve, and where. */
export interface ServeOptions extends IMServerOptions {
  /** 0 takes any free port. */
  readonly port?: number
  /** Loopback by default. Beyond it an `authenticator` is required. */
  readonly host?: string
  readonly authenticator?: Authenticator
  /** Origins of web pages that may connect, besides the server's own. */
  readonly allowedOrigins?: readonly string[]
  /** A folder of built web pages to serve as well, with an `index.html`: anybody who reaches the port may read them. */
  readonly pages?: string
  /** Lets persons look at the queues of digital employees, from these pages. */
  readonly supervision?: Supervision
}

/** A server that is listening. */
export interface ServedIM {
  /** For a client's `imServerUrl`. */
  readonly url: string
  readonly server: IMServer
  /** Goes away in good order; see `IMServer.drain`. Resolves when port and storage are free. */
  drain(options?: { readonly retryAfterMs?: number }): Promise<void>
  /** Goes away at once. Resolves when port and storage are free. */
  close(): Promise<void>
}

/**
 * Starts a server. Resolves when it accepts connections.
 * @throws TypeError for a host beyond loopback without an `authenticator`, or for `pages` that are none
 * @throws IMError as `StorageAdapter.open`; the system's error where the port cannot be had, or the pages be read
 */
export async function serveIM(options: ServeOptions): Promise<ServedIM> {
  const { port = 0, host = '127.0.0.1', allowedOrigins = [], pages: folder, supervision, ...rest } = options
  requireAuthentication(host, options.authenticator)
  const pages = folder === undefined ? undefined : await Pages.read(folder)
  const server = new IMServer(rest)
  await server.open()
  const http = createServer(
    (request, response) => pages?.answer(request, response) || answer(server, request, response),
  )
  const doors: Door[] = [serverDoor(server)]
  if (supervision) doors.push(new Supervisor(supervision, options.authenticator ?? noAuthentication))
  takeUpgrades(http, doors, { allowedOrigins, host })
  try {
    await listen(http, port, host)
  } catch (error) {
    await server.close()
    throw error
  }
  const stop = async (leave: Promise<void>) => {
    const closed = new Promise<void>(resolve => http.close(() => resolve()))
    await leave
    for (const door of doors) door.close()
    http.closeAllConnections()
    await closed
  }
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`,
    server,
    drain: drainOptions => stop(server.drain(drainOptions)),
    close: () => stop(server.close()),
  }
}

function requireAuthentication(host: string, authenticator: Authenticator | undefined): void {
  if (isLoopback(host) || (authenticator && authenticator !== noAuthentication)) return
  throw new TypeError(
    `Refusing to listen on ${host} without authentication: anybody who can reach it could be any account. ` +
      'Pass an authenticator (for instance tokenAuthenticator), or listen on 127.0.0.1.',
  )
}

/** The door to the server itself. */
function serverDoor(server: IMServer): Door {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: server.limits.frameBytes * PAYLOAD_SLACK,
    handleProtocols: protocols => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  return {
    subprotocol: SUBPROTOCOL,
    leadsTo: path => path === ENDPOINT_PATH,
    accept: (request, stream, head) =>
      sockets.handleUpgrade(request, stream, head, socket => attachSocket(server, socket, stream)),
    close: () => sockets.close(),
  }
}

function answer(server: IMServer, { method, url }: IncomingMessage, response: ServerResponse): void {
  const isHealth = url === '/health' && (method === 'GET' || method === 'HEAD')
  const { draining, sessions } = server.stats()
  const status = isHealth ? (draining ? 503 : 200) : 404
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  const body = isHealth ? { status: draining ? 'draining' : 'ok', sessions } : { code: 'NOT_FOUND' }
  response.end(method === 'HEAD' ? undefined : JSON.stringify(body))
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
}
