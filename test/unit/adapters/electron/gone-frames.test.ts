/** A frame that is gone throws at whoever looks at it, and Electron logs each message that is sent to it. */
import { describe, expect, it } from 'vitest'
import { IPC_CHANNEL } from '../../../../adapters/electron/bridge.ts'
import { serveWindows } from '../../../../adapters/electron/main.ts'
import { AppWorld, RawPage } from '../../../support/app-world.ts'
import { APP, TestIpcMain, TestWindow } from '../../../support/electron-bridge.ts'

describe('A frame that is gone', () => {
  /** Frames inside pages are let in too; ports are named as the owner has lost them. */
  const serveAll = () => {
    const ipcMain = new TestIpcMain()
    const ended: string[] = []
    const reach = async (workspace: string) => ({
      bufferedAmount: 0,
      send: () => {},
      close: () => void ended.push(workspace),
    })
    serveWindows({ ipcMain, reach, isAllowed: () => true })
    return { window: new TestWindow(ipcMain), ended }
  }

  it('is no trouble when another one moves on, and its port ends', async () => {
    const { window, ended } = serveAll()
    const [gone, other, staying] = [1, 2, 3].map(() => window.addFrame(`${APP}/inner.html`))
    if (!gone || !other || !staying) throw new Error('There are three frames.')
    await new RawPage(gone).open('gone')
    await new RawPage(other).open('other')
    const page = new RawPage(staying)
    await page.open('staying')
    gone.end()
    window.navigateFrame(other, APP)
    expect(ended).toEqual(['gone', 'other'])
    expect(page.isClosed).toBe(false)
  })

  it('is not let in, whatever the rule says, and cannot speak', async () => {
    const { window, ended } = serveAll()
    const frame = window.addFrame(APP)
    await new RawPage(frame).open()
    const late = (message: unknown) => () => window.late(frame, IPC_CHANNEL, message)
    frame.end()
    expect(late({ type: 'open', port: 'another', workspace: 'late' })).not.toThrow()
    expect(late({ type: 'text', port: 'mine', text: '{}' })).not.toThrow()
    expect(ended).toEqual([])
  })

  it.each<[string, (window: TestWindow) => void]>([
    ['crashes', window => window.crash()],
    ['is closed', window => window.close()],
    ['goes elsewhere', window => window.navigate('https://evil.example/', { elsewhere: true })],
  ])('is sent nothing once its window %s', async (_, end) => {
    const app = await AppWorld.start()
    const window = app.window()
    const { mainFrame } = window
    await app.hostile(window)
    end(window)
    await app.owner.sendMessage({ to: 'bob', text: 'nobody listens' })
    await app.world.pass(10)
    expect(mainFrame.sentInVain).toBe(0)
  })
})
