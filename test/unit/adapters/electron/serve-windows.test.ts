import { beforeEach, describe, expect, it } from 'vitest'
import { IPC_CHANNEL } from '../../../../adapters/electron/bridge.ts'
import { bridgeStorage } from '../../../../adapters/electron/renderer.ts'
import { IMError } from '../../../../src/index.ts'
import { AppWorld, RawPage, until } from '../../../support/app-world.ts'
import { APP, TestFrame, type TestWindow } from '../../../support/electron-bridge.ts'

let app: AppWorld
beforeEach(async () => {
  app = await AppWorld.start()
})

const views = (window: TestWindow, workspace = 'work') => {
  const { views } = bridgeStorage(workspace, window.bridge)
  if (!views) throw new Error('A window has no way to the owner.')
  return views
}
const silent = { onText: () => {}, onClose: () => {} }

describe('A frame is refused', () => {
  it.each([
    'https://evil.example/',
    'app://console.evil.example/',
    'app://consoles/',
    'file:///console/index.html',
    'about:blank',
    'data:text/html,app://console/',
  ])('on the page %s', async url => {
    const page = new RawPage(app.window(url).mainFrame)
    expect(await page.open()).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
    expect(app.refused).toMatchObject([{ code: 'FORBIDDEN', url, workspace: 'work' }])
  })

  it.each(['https://evil.example/', `${APP}/inner.html`])('inside a page, be it from %s', async url => {
    const page = new RawPage(app.window().addFrame(url))
    expect(await page.open()).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
  })

  it('when it takes the name of a port for two', async () => {
    const page = new RawPage(app.window().mainFrame)
    await page.open()
    await page.open()
    await until(() => app.refused.length > 0)
    expect(app.refused).toMatchObject([{ code: 'PROTOCOL_PARAMS_INVALID' }])
  })

  it('when it opens ports without number', async () => {
    const { mainFrame } = app.window()
    const openings = await Promise.all(
      Array.from({ length: 40 }, (_, at) => new RawPage(mainFrame, `port ${at}`).open()),
    )
    expect(openings.filter(opening => opening?.name === 'refused')).toHaveLength(8)
  })

  it('with the code that the page is told, too', async () => {
    const { views } = bridgeStorage('work', app.window('https://evil.example/').bridge)
    await expect(views?.connect(silent)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await bridgeStorage('work', app.window().bridge).views?.connect(silent)).toBeDefined()
  })

  it('with every call of its client', async () => {
    const client = app.client(app.window('https://evil.example/'))
    await expect(client.stats()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(client.sendMessage({ to: 'bob', text: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('where the rule throws', async () => {
    const { mainFrame } = app.window()
    Object.defineProperty(mainFrame, 'parent', {
      get: () => {
        throw new Error('The frame is gone.')
      },
    })
    expect(await new RawPage(mainFrame).open()).toMatchObject({ name: 'refused', code: 'FORBIDDEN' })
  })
})

describe('A port', () => {
  it('is lost with the first message from a page that has gone elsewhere by itself', async () => {
    const window = app.window()
    const page = await app.hostile(window)
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
    window.mainFrame.move('https://evil.example/')
    page.send({ jsonrpc: '2.0', id: 'late', method: 'call', params: { id: 1, name: 'stats', args: [] } })
    await until(() => page.isClosed)
    expect(page.frames.some(({ id }) => id === 'late')).toBe(false)
    expect(app.refused).toMatchObject([{ code: 'FORBIDDEN', url: 'https://evil.example/' }])
  })

  it('outlives another address of the same page', async () => {
    const window = app.window()
    const page = await app.hostile(window)
    window.mainFrame.move(`${APP}/index.html#/chats/bob`)
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
  })

  it('is that of its frame: another cannot speak on it', async () => {
    const window = app.window()
    const page = await app.hostile(window)
    const inner = window.addFrame('https://evil.example/')
    const other = app.window()
    for (const frame of [inner, other.mainFrame]) {
      const stolen = new RawPage(frame)
      stolen.send({ jsonrpc: '2.0', id: 'stolen', method: 'call', params: { id: 1, name: 'stats', args: [] } })
      await until(() => stolen.isClosed)
      stolen.say({ type: 'close', port: 'mine' })
    }
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
    expect(page.frames.some(({ id }) => id === 'stolen')).toBe(false)
  })

  it.each<[string, (window: TestWindow) => void]>([
    ['reloads', window => window.reload()],
    ['goes elsewhere', window => window.navigate('https://evil.example/', { elsewhere: true })],
    ['crashes', window => window.crash()],
    ['is closed', window => window.close()],
  ])('ends, at the owner too, when its window %s', async (_, end) => {
    const window = app.window()
    const page = await app.hostile(window)
    await page.ask('handle', { id: 1 })
    end(window)
    const bob = await app.world.join('bob')
    await bob.client.sendMessage({ to: 'alice', text: 'who handles this?' })
    await app.world.pass(10)
    const handled: string[] = []
    app.owner.onMessage(({ text }) => void handled.push(text))
    await app.world.pass(10)
    expect(handled).toEqual(['who handles this?']) // nobody in the window is asked any more
    expect(app.errors).toEqual([])
  })

  it('of a frame inside the page ends with its document, and that of the page does not', async () => {
    const window = app.window()
    const page = await app.hostile(window)
    const inner = window.addFrame(APP)
    window.navigateFrame(inner, 'https://evil.example/')
    expect(await page.call('stats')).toMatchObject({ agentId: 'alice' })
  })

  it('is told that nobody owns the workspace, and why it cannot be reached', async () => {
    expect(await views(app.window(), 'nobody').connect(silent)).toBeUndefined()
    await expect(views(app.window(), 'broken').connect(silent)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'The workspace cannot be reached.',
    })
  })

  it('ends with the owner', async () => {
    let closes = 0
    await views(app.window()).connect({ ...silent, onClose: () => closes++ })
    await app.owner.close()
    await until(() => closes > 0)
    expect(closes).toBe(1)
  })

  it('closed by the page says nothing more', async () => {
    let closes = 0
    const port = await views(app.window()).connect({ ...silent, onClose: () => closes++ })
    port?.close()
    port?.send('{}')
    await app.owner.close()
    await app.world.pass()
    expect(closes).toBe(0)
  })

  it('loses a page that speaks before it is open', async () => {
    const page = new RawPage(app.window().mainFrame)
    page.say({ type: 'open', port: 'mine', workspace: 'slow' })
    page.send('{}')
    await until(() => page.isClosed)
    expect(app.refused).toMatchObject([{ code: 'PROTOCOL_FRAME_INVALID' }])
  })
})

describe('Serving windows', () => {
  it('ends for all of them at once, and leaves nothing behind', async () => {
    const [first, second] = [app.window(), app.window()]
    const pages = [await app.hostile(first), await app.hostile(second)]
    expect(first.listeners).toBe(3)
    app.windows.close()
    expect(pages.every(page => page.isClosed)).toBe(true)
    expect([first, second].map(window => window.listeners)).toEqual([0, 0])
    expect(app.ipcMain.isServed).toBe(false)
    expect(await app.owner.stats()).toMatchObject({ state: 'connected' })
  })

  it('answers nobody whose frame is gone', () => {
    const event = { sender: app.window(), senderFrame: null }
    expect(() => app.ipcMain.tell(IPC_CHANNEL, event, { type: 'open', port: 'p', workspace: 'work' })).not.toThrow()
    const gone = new TestFrame({ processId: 1, routingId: 9, parent: null }, () => {})
    const late = { sender: app.window(), senderFrame: gone }
    expect(() => app.ipcMain.tell(IPC_CHANNEL, late, { type: 'open', port: 'p', workspace: 'work' })).not.toThrow()
    expect(app.refused).toMatchObject([{ code: 'FORBIDDEN', url: '' }])
  })
})

describe('The storage of a window', () => {
  it('is only for views', async () => {
    const storage = bridgeStorage('work', app.window().bridge)
    expect(storage.durability).toBe('none')
    await expect(storage.open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await expect(storage.get(['a'])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await expect(storage.list(['a'])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await expect(storage.write([])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
    await expect(storage.views?.listen(() => silent)).rejects.toMatchObject({ code: 'STORAGE_IO' })
    await expect(storage.close()).resolves.toBeUndefined()
  })

  it('needs the bridge, and one of its own version', async () => {
    expect(() => bridgeStorage('work')).toThrow('window.imBridge')
    const storage = bridgeStorage('work', { ...app.window().bridge, version: 2 })
    await expect(storage.views?.connect(silent)).rejects.toMatchObject({
      code: 'PROTOCOL_VERSION_UNSUPPORTED',
      details: { preload: 2, page: 1 },
    })
  })

  it('answers a call that is too long by itself, and goes on', async () => {
    const client = app.client(app.window())
    const long = await client
      .sendMessage({ to: 'bob', text: 'x', data: 'x'.repeat(17 * 1024 * 1024) })
      .catch((error: IMError) => error)
    expect(long).toBeInstanceOf(IMError)
    expect((long as IMError).code).toBe('PROTOCOL_FRAME_TOO_LARGE')
    expect(await client.stats()).toMatchObject({ outbox: 0 })
  })

  it('carries any amount at once, either way', async () => {
    const client = app.client(app.window())
    const states: string[] = []
    client.on('state', ({ name }) => states.push(name))
    await client.open()
    const text = 'x'.repeat(1_000_000)
    await Promise.all(Array.from({ length: 24 }, () => client.sendMessage({ to: 'bob', text })))
    const history = client.getConversationHistory({ contactId: 'bob', limit: 100 })
    const others = Promise.all(Array.from({ length: 20 }, () => client.stats()))
    expect(await history).toHaveLength(24)
    await others
    expect(states.filter(name => name === 'disconnected')).toEqual([])
  })
})

describe('The bridge of a page', () => {
  it('is a version and a way to connect', () => {
    expect(Object.keys(app.window().bridge).sort()).toEqual(['connect', 'version'])
  })

  it.each([
    ['a workspace that is no text', [{}, () => {}, () => {}]],
    ['a name without end', ['w'.repeat(256), () => {}, () => {}]],
    ['no function for texts', ['work', 'f', () => {}]],
    ['no function for the end', ['work', () => {}, undefined]],
  ])('throws for %s', (_, args) => {
    const { bridge } = app.window()
    expect(() => bridge.connect(...(args as never as Parameters<typeof bridge.connect>))).toThrow(TypeError)
  })

  it('throws for what is no text, or is too long', async () => {
    const port = app.window().bridge.connect(
      'work',
      () => {},
      () => {},
    )
    await port.opened
    expect(() => port.send(5 as never)).toThrow(TypeError)
    expect(() => port.send('x'.repeat(16 * 1024 * 1024 + 1))).toThrow(TypeError)
  })

  it('tells each end once, and goes on where a page throws', async () => {
    const window = app.window()
    const ends: number[] = []
    const ports = [1, 2].map(at =>
      window.bridge.connect(
        'work',
        () => {},
        () => ends.push(at),
      ),
    )
    await Promise.all(ports.map(({ opened }) => opened))
    app.windows.close()
    await until(() => ends.length === 2)
    await app.world.pass()
    expect(ends).toEqual([1, 2])
  })
})
