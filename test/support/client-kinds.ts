/** The kinds of client that keep the same promises: one that owns its workspace, and views of one that does. */
import {
  type IMClient,
  type IMClientOptions,
  type IMError,
  type MemoryDisk,
  memoryDisk,
  memoryStorage,
  type PortEvents,
} from 'im-client'
import { mainFrameOf, serveWindows } from 'im-client/adapters/electron/main'
import { bridgeStorage } from 'im-client/adapters/electron/renderer'
import { APP, TestIpcMain, TestWindow } from './electron-bridge.ts'
import { tabStorage } from './tab-storage.ts'
import type { World } from './world.ts'

/** A client under test, with what it reported. */
export interface Tested {
  readonly client: IMClient
  readonly disk: MemoryDisk
  readonly errors: IMError[]
}

/** How a client under test is made. */
export interface ClientKind {
  readonly name: string
  /** Makes a client that is open and not connected. */
  make(world: World, agentId: string, options?: Partial<IMClientOptions>): Promise<Tested>
}

/** Whether tests run in a real browser, and not beside a document that stands in for one: Vitest says so. */
const isBrowser = '__vitest_browser__' in globalThis

/** A view in another tab: in a browser, over the wire between its tabs. */
const TAB_VIEW: ClientKind = {
  name: 'a view of another tab',
  make: async (world, agentId, options) => {
    const disk = memoryDisk()
    const name = crypto.randomUUID()
    await world.client(agentId, { ...options, storage: tabStorage(disk, name) }).client.open()
    const tested = world.client(agentId, { ...options, attach: true, storage: tabStorage(disk, name) }, disk)
    await tested.client.open()
    return tested
  },
}

/** A view in a window of an Electron app whose main process owns the workspace. */
const WINDOW_VIEW: ClientKind = {
  name: 'a view in a window',
  make: async (world, agentId, options) => {
    const disk = memoryDisk()
    await world.client(agentId, options, disk).client.open()
    const ipcMain = new TestIpcMain()
    const reach = (_workspace: string, events: PortEvents) =>
      memoryStorage(disk).views?.connect(events) ?? Promise.resolve(undefined)
    serveWindows({ ipcMain, reach, isAllowed: mainFrameOf(APP) })
    const storage = bridgeStorage('work', new TestWindow(ipcMain).bridge)
    const tested = world.client(agentId, { ...options, attach: true, storage }, disk)
    await tested.client.open()
    return tested
  },
}

/** All kinds. The owner behind a view does nothing by itself. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  ...(isBrowser ? [TAB_VIEW] : []),
  {
    name: 'a client',
    make: async (world, agentId, options) => {
      const tested = world.client(agentId, options)
      await tested.client.open()
      return tested
    },
  },
  {
    name: 'a view',
    make: async (world, agentId, options) => {
      const disk = memoryDisk()
      await world.client(agentId, options, disk).client.open()
      const tested = world.client(agentId, { ...options, attach: true }, disk)
      await tested.client.open()
      return tested
    },
  },
  WINDOW_VIEW,
]
