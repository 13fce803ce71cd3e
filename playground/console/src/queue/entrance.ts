/** The way to the workspaces of digital employees: a WebSocket to the server, on which a page first shows who it is. */
import { IM_ERROR_CODES, IMError, type IMErrorCode } from 'im-client'

/** Where the server is, and who comes. */
export interface Entrance {
  /** The server's address. */
  readonly server: string
  readonly agentId: string
  /** The token; an empty text for none. */
  readonly token: () => Promise<string>
  /** For tests: what stands in for the browser's. */
  readonly WebSocket?: new (
    url: string,
    protocol: string,
  ) => WebSocket
}

/** What the server says to whoever it lets in. */
export interface Answer {
  /** Whether somebody owns the workspace. */
  readonly running?: boolean
  /** Where none was asked for, those that the account may see. */
  readonly workspaces?: readonly string[]
}

/** How it went. */
export type Entered =
  | { readonly name: 'entered'; readonly answer: Answer; readonly socket: WebSocket }
  | { readonly name: 'refused'; readonly error: IMError }
  | { readonly name: 'unreachable' }

const SUBPROTOCOL = 'im.view.v1'

/** How long the server may take to let a page in, in milliseconds. */
const ENTER_MS = 10_000

/** Knocks for a workspace; without a name, for the list of them. What gives up waiting is handed to `onSocket`. */
export async function enter(
  entrance: Entrance,
  workspace: string,
  onSocket: (giveUp: () => void) => void = () => {},
): Promise<Entered> {
  const { agentId, token, WebSocket: Socket = WebSocket } = entrance
  const params = { agentId, token: (await token()) || undefined }
  const socket = new Socket(addressOf(entrance, workspace), SUBPROTOCOL)
  onSocket(() => socket.close())
  return await new Promise(resolve => {
    const late = setTimeout(() => socket.close(), ENTER_MS)
    const end = (entered: Entered) => {
      clearTimeout(late)
      socket.onmessage = null
      if (entered.name !== 'entered') socket.close()
      resolve(entered)
    }
    socket.onopen = () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'authenticate', params }))
    socket.onmessage = ({ data }: MessageEvent<unknown>) => end(read(data, socket))
    socket.onerror = () => {} // a close follows
    socket.onclose = () => end({ name: 'unreachable' })
  })
}

function addressOf({ server }: Entrance, workspace: string): string {
  const url = new URL(`/im/workspaces/${encodeURIComponent(workspace)}`, server)
  url.protocol = url.protocol.replace('http', 'ws')
  return url.href
}

function read(data: unknown, socket: WebSocket): Entered {
  const { result, error } = JSON.parse(String(data)) as {
    readonly result?: Answer
    readonly error?: { readonly message: string; readonly data?: { readonly code?: string } }
  }
  if (!error) return { name: 'entered', answer: result ?? {}, socket }
  const code = error.data?.code
  return { name: 'refused', error: new IMError(isCode(code) ? code : 'INTERNAL', error.message) }
}

function isCode(code: unknown): code is IMErrorCode {
  return typeof code === 'string' && Object.hasOwn(IM_ERROR_CODES, code)
}
