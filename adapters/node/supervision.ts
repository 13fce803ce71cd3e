/**
 * Lets persons look at the workspaces of digital employees from a web page: `/im/workspaces/{name}`, a WebSocket on which a
 * page shows its account and token, and is then a view of the workspace that can read its queue and clear its dead letters.
 * Without a name it is told which workspaces there are for it.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { ENDPOINT_PATH, IMError, type PortEvents, type Views } from '../../src/index.ts'
import type { Authenticator, Credentials } from '../../src/server/index.ts'
import { FrameRate } from './frame-rate.ts'
import { CLOSE, type Entered, Relay } from './relay.ts'
import type { Door } from './upgrade.ts'

/** Who may look at what. */
export interface Supervision {
  /** The doors of the workspaces (`fsStorage(path).views`), by the names with which pages ask for them. */
  readonly workspaces: ReadonlyMap<string, Views>
  /** Whether an account, which has shown that it is who it says, may see a workspace. */
  readonly maySee: (agentId: string, workspace: string) => boolean | Promise<boolean>
}

/** What the sockets of supervision speak. */
export const VIEW_SUBPROTOCOL = 'im.view.v1'

const PATH = `${ENDPOINT_PATH}/workspaces/`

/** The longest frame of a page, in bytes: its calls are short. */
const FRAME_BYTES = 64 * 1024

/** How long a page may take to be let in, and to answer a close, in milliseconds. */
const ENTER_MS = 10_000
const CLOSE_GRACE_MS = 1000

/** Pages at once: in all, of one account, and such as nobody knows yet. */
const MAX_PAGES = 256
const MAX_PAGES_OF_ACCOUNT = 16
const MAX_ENTERING = 64

/** A page that looks at a workspace, or wants to. */
interface Page {
  readonly relay: Relay
  agentId: string | undefined
}

/** See the head of this file. */
export class Supervisor implements Door {
  readonly subprotocol = VIEW_SUBPROTOCOL
  readonly #supervision: Supervision
  readonly #authenticator: Authenticator
  readonly #pages = new Set<Page>()
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES,
    handleProtocols: () => VIEW_SUBPROTOCOL,
  })

  constructor(supervision: Supervision, authenticator: Authenticator) {
    this.#supervision = supervision
    this.#authenticator = authenticator
  }

  leadsTo(path: string): boolean {
    return path.startsWith(PATH)
  }

  accept(request: IncomingMessage, stream: Socket, head: Buffer): void {
    const [path = ''] = (request.url ?? '').split('?')
    this.#sockets.handleUpgrade(request, stream, head, socket => this.#attach(socket, nameIn(path.slice(PATH.length))))
  }

  /** Ends every page: the server goes away. */
  close(): void {
    for (const { relay } of this.#pages) relay.end(CLOSE.goingAway)
    this.#sockets.close()
  }

  #attach(socket: WebSocket, workspace: string): void {
    socket.on('error', () => {}) // a close follows, and says as much
    const entering = [...this.#pages].filter(({ agentId }) => agentId === undefined)
    if (this.#pages.size >= MAX_PAGES || entering.length >= MAX_ENTERING) return closeSocket(socket, CLOSE.policy)
    const late = setTimeout(() => page.relay.end(CLOSE.policy), ENTER_MS)
    const rate = new FrameRate(socket)
    const page: Page = {
      agentId: undefined,
      relay: new Relay({
        socket: pageSocket(socket),
        enter: (credentials, events) => this.#enter(page, { credentials, events, workspace }),
        onEntered: () => clearTimeout(late),
      }),
    }
    this.#pages.add(page)
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      rate.count(performance.now())
      if (isBinary) page.relay.end(CLOSE.policy)
      else page.relay.fromPage(data.toString('utf8'))
    })
    socket.on('close', () => {
      clearTimeout(late)
      rate.end()
      this.#pages.delete(page)
      page.relay.end(CLOSE.goingAway)
    })
  }

  async #enter(page: Page, { credentials, events, workspace }: Entrance): Promise<Entered> {
    await this.#authenticator.authenticate(credentials)
    const { agentId } = credentials
    if (workspace === '') return { answer: { workspaces: await this.#seenBy(agentId) } }
    const views = await this.#viewsOf(workspace, agentId)
    const others = [...this.#pages].filter(one => one.agentId === agentId)
    if (others.length >= MAX_PAGES_OF_ACCOUNT) {
      throw new IMError('RATE_LIMITED', 'The account looks at too many workspaces.', { retryAfterMs: ENTER_MS })
    }
    page.agentId = agentId
    const port = await views.connect(events)
    return { answer: { running: port !== undefined }, port }
  }

  /** Whoever may not see a workspace is not told whether there is one. */
  async #viewsOf(workspace: string, agentId: string): Promise<Views> {
    const { workspaces, maySee } = this.#supervision
    const views = workspaces.get(workspace)
    if (views && (await maySee(agentId, workspace))) return views
    throw new IMError('FORBIDDEN', `"${agentId}" may not see this workspace, or there is none of this name.`)
  }

  async #seenBy(agentId: string): Promise<string[]> {
    const { workspaces, maySee } = this.#supervision
    const names = [...workspaces.keys()]
    const seen = await Promise.all(names.map(name => maySee(agentId, name)))
    return names.filter((_, at) => seen[at])
  }
}

interface Entrance {
  readonly credentials: Credentials
  readonly events: PortEvents
  readonly workspace: string
}

function nameIn(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // no text in UTF-8, and so nobody's name
  }
}

function pageSocket(socket: WebSocket) {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount
    },
    send: (text: string) => {
      if (socket.readyState === socket.OPEN) socket.send(text)
    },
    close: (code: number) => closeSocket(socket, code),
  }
}

/** What does not answer a close is cut. */
function closeSocket(socket: WebSocket, code: number): void {
  socket.resume() // to read the answer, however fast it has sent
  socket.close(code)
  const timer = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS)
  socket.once('close', () => clearTimeout(timer))
}
