/** Which requests become sockets, and of which kind. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ENDPOINT_PATH } from '../../src/index.ts'
import { isAllowedOrigin, type OriginRule } from './origin.ts'

/** What is behind some paths. */
export interface Door {
  readonly subprotocol: string
  /** Whether a path leads here. */
  leadsTo(path: string): boolean
  accept(request: IncomingMessage, stream: Socket, head: Buffer): void
  /** Lets nobody in any more. */
  close(): void
}

interface Refusal {
  readonly status: string
  readonly code: string
  readonly message: string
}

/** Takes the upgrades of a server: each goes through its door, or is refused with a status and a code. */
export function takeUpgrades(http: Server, doors: readonly Door[], rule: OriginRule): void {
  http.on('upgrade', (request, stream, head) => {
    const [path = ''] = (request.url ?? '').split('?')
    const door = doors.find(one => one.leadsTo(path))
    const refusal = door ? refuse(request, door, rule) : UNKNOWN
    if (refusal) reject(stream, refusal)
    else door?.accept(request, stream as Socket, head)
  })
}

const UNKNOWN: Refusal = { status: '404 Not Found', code: 'NOT_FOUND', message: `The endpoint is ${ENDPOINT_PATH}.` }

function refuse(request: IncomingMessage, { subprotocol }: Door, rule: OriginRule): Refusal | undefined {
  if (!isAllowedOrigin(request, rule)) {
    return { status: '403 Forbidden', code: 'FORBIDDEN', message: 'Pages of this origin may not connect.' }
  }
  const offered = request.headers['sec-websocket-protocol']?.split(',').map(name => name.trim()) ?? []
  if (offered.includes(subprotocol)) return undefined
  const message = `The subprotocol ${subprotocol} is required.`
  return { status: '400 Bad Request', code: 'PROTOCOL_VERSION_UNSUPPORTED', message }
}

function reject(stream: Duplex, { status, code, message }: Refusal): void {
  stream.on('error', () => stream.destroy()) // whoever was refused may be gone before the answer
  stream.once('finish', () => stream.destroy()) // nor need it ever hang up by itself
  const body = JSON.stringify({ code, message })
  const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Type: application/json']
  stream.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
}
