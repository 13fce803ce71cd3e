/** A view in a thread of its own, over a channel to the thread that owns the storage: sends a message, then waits. */
import { parentPort, type Transferable } from 'node:worker_threads'
import { IMClient } from 'im-client'
import { channelStorage } from '../../../docs/examples/channel-views.ts'

// A port of Node and a port of the DOM are one class, and two types.
const storage = channelStorage(channel => parentPort?.postMessage(channel, [channel as unknown as Transferable]))
const view = new IMClient({ storage, attach: true })
const { id } = await view.sendMessage({ to: 'bob', text: 'from another thread' })
parentPort?.postMessage(id)
view.onMessage(() => new Promise(() => {})) // whoever ends in the middle of it holds nobody up
