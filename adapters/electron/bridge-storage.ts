/**
 * A workspace that the main process owns, as a storage that only views can use: `new IMClient({ storage, attach: true })` is
 * the same client in a window as it is in the process that owns the workspace.
 */
import {
  errorFrame,
  IMError,
  type Port,
  type PortEvents,
  readFrame,
  type StorageAdapter,
  viewOnlyStorage,
} from '../../src/index.ts'
import { BRIDGE_NAME, BRIDGE_VERSION, type Bridge, type BridgePort, MAX_TEXT, type Opening } from './bridge.ts'

/** How long the main process may take to reach the owner, in milliseconds. */
const OPEN_TIMEOUT_MS = 10_000

/** Gives the storage of a workspace by the name that the main process knows it by. @throws TypeError without a bridge */
export function bridgeStorage(workspace: string, bridge: Bridge = bridgeOfWindow()): StorageAdapter {
  return viewOnlyStorage(events => connect(bridge, workspace, events))
}

async function connect(bridge: Bridge, workspace: string, events: PortEvents): Promise<Port | undefined> {
  requireVersion(bridge)
  const early = new EarlyClose(events)
  const port = bridge.connect(
    workspace,
    text => events.onText(text),
    () => early.close(),
  )
  const opening = await openingOf(port)
  if (opening.name === 'refused') throw new IMError(opening.code, opening.message)
  if (opening.name === 'nobody') return undefined
  early.begin()
  return portOf(port, events)
}

function requireVersion({ version }: Bridge): void {
  if (version === BRIDGE_VERSION) return
  const message = `The preload script speaks version ${version} of the bridge, and this page version ${BRIDGE_VERSION}.`
  const details = { preload: version, page: BRIDGE_VERSION }
  throw new IMError('PROTOCOL_VERSION_UNSUPPORTED', message, { details })
}

/** A port that was never given out needs no close. */
class EarlyClose {
  readonly #events: PortEvents
  #hasBegun = false
  #isClosed = false

  constructor(events: PortEvents) {
    this.#events = events
  }

  begin(): void {
    this.#hasBegun = true
    if (this.#isClosed) this.#events.onClose()
  }

  close(): void {
    this.#isClosed = true
    if (this.#hasBegun) this.#events.onClose()
  }
}

function portOf(port: BridgePort, events: PortEvents): Port {
  return {
    bufferedAmount: 0, // Electron does not tell
    send: text => (text.length > MAX_TEXT ? refuseLong(text, port, events) : port.send(text)),
    close: () => port.close(),
  }
}

/** What the main process would not take: whoever called, or waits for this answer, is told, and the port goes on. */
function refuseLong(text: string, port: BridgePort, events: PortEvents): void {
  const frame = readFrame(text)
  if (frame?.id === undefined) return
  const refusal = errorFrame(
    frame.id,
    new IMError('PROTOCOL_FRAME_TOO_LARGE', 'The text is longer than the bridge carries.'),
  )
  if (frame.kind === 'answer') port.send(refusal)
  else queueMicrotask(() => events.onText(refusal))
}

/** Nothing was heard of a main process that does not serve windows yet. */
async function openingOf(port: BridgePort): Promise<Opening> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<Opening>(resolve => {
    timer = setTimeout(() => {
      port.close()
      resolve({ name: 'nobody' })
    }, OPEN_TIMEOUT_MS)
  })
  const opening = await Promise.race([port.opened, silence])
  clearTimeout(timer)
  return opening
}

function bridgeOfWindow(): Bridge {
  const bridge = (globalThis as { readonly [BRIDGE_NAME]?: Bridge })[BRIDGE_NAME]
  if (!bridge) throw new TypeError(`There is no window.${BRIDGE_NAME}: the preload script of the bridge has not run.`)
  return bridge
}
