/** Texts that are longer than the bridge carries, and many that nobody reads. */
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { IPC_CHANNEL, type ToWindow } from '../../../../adapters/electron/bridge.ts'
import { serveWindows } from '../../../../adapters/electron/main.ts'
import { bridgeStorage } from '../../../../adapters/electron/renderer.ts'
import type { PortEvents } from '../../../../src/index.ts'
import { until } from '../../../support/app-world.ts'
import { APP, TestIpcMain, TestWindow } from '../../../support/electron-bridge.ts'

/** A window whose owner the test is. */
function ownedWindow() {
  const ipcMain = new TestIpcMain()
  const told: string[] = []
  let owner: PortEvents | undefined
  const reach = async (_workspace: string, events: PortEvents) => {
    owner = events
    return { bufferedAmount: 0, send: (text: string) => void told.push(text), close: () => {} }
  }
  serveWindows({ ipcMain, reach, isAllowed: () => true })
  const ask = async (id: number) => owner?.onText(JSON.stringify({ jsonrpc: '2.0', id, method: 'run', params: {} }))
  return { window: new TestWindow(ipcMain), told, ask }
}

describe('The storage of a window', () => {
  it('tells the main process of an answer that is too long, and no call of its own', async () => {
    const { window, told, ask } = ownedWindow()
    const texts: string[] = []
    const port = await bridgeStorage('work', window.bridge).views?.connect({
      onText: text => texts.push(text),
      onClose: () => {},
    })
    await ask(7)
    port?.send(JSON.stringify({ jsonrpc: '2.0', id: 7, result: { error: 'x'.repeat(17 * 1024 * 1024) } }))
    await until(() => told.length > 0)
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ id: 7, result: { error: { $error: { name: 'Error' } } } })
    expect(texts).toHaveLength(1) // what it was asked
  })
})

describe('The main process', () => {
  it('has no more wait for a window that does not read than for one port, however many it opens', async () => {
    const ipcMain = new TestIpcMain()
    const owners: PortEvents[] = []
    const heard: unknown[] = []
    const reach = async (_workspace: string, events: PortEvents) => {
      owners.push(events)
      return { bufferedAmount: 0, send: () => {}, close: () => {} }
    }
    serveWindows({ ipcMain, reach, isAllowed: () => true })
    const sender = new TestWindow(ipcMain)
    const senderFrame = {
      ...{ url: APP, origin: APP, parent: null, processId: 1, routingId: 1, isDestroyed: () => false },
      send: (_channel: string, message: unknown) => heard.push((message as ToWindow).type),
    }
    for (let at = 0; at < 8; at++) {
      ipcMain.tell(IPC_CHANNEL, { sender, senderFrame }, { type: 'open', port: `p${at}`, workspace: 'work' })
    }
    await until(() => owners.length === 8)
    await setImmediate()
    const text = JSON.stringify({ jsonrpc: '2.0', method: 'event', params: 'x'.repeat(50 * 1024 * 1024) })
    for (const owner of owners) owner.onText(text)
    expect(heard.filter(type => type === 'text')).toHaveLength(5)
  })
})
