/** What a page may ask the main process of the app, and what of it arrives there. */
import { IMError } from 'im-client'
import { mainFrameOf } from 'im-client/adapters/electron/main'
import { describe, expect, it } from 'vitest'
import { DESKTOP_CHANNEL } from '../../../../playground/desktop/bridge.ts'
import { serveCalls } from '../../../../playground/desktop/calls.ts'
import { FAKE_ORIGIN, FakeWindow } from '../../../support/fake-window.ts'
import { FakeIpcMain, loadPage } from '../../../support/window-page.ts'

const ACCOUNT = { server: 'http://127.0.0.1:8080', agentId: 'you' }

function served() {
  const ipcMain = new FakeIpcMain()
  const asked: unknown[][] = []
  const answer =
    (value: unknown) =>
    async (...args: unknown[]) => {
      asked.push(args)
      if (value instanceof Error) throw value
      return value as never
    }
  const methods = {
    begin: answer({ server: 'x' }),
    signIn: answer({ workspace: 'you' }),
    signOut: answer(null),
    workspaces: answer([]),
    choose: answer(new IMError('FORBIDDEN', 'no')),
    openWindow: answer(null),
    roundTrip: answer(new Error('EACCES: permission denied, open /root-of-all/secret')),
  }
  const stop = serveCalls({ ipcMain, isAllowed: mainFrameOf(FAKE_ORIGIN), methods })
  const window = new FakeWindow()
  const ask = (name: string, ...args: unknown[]) => ipcMain.ask(window, DESKTOP_CHANNEL + name, args)
  return { ipcMain, window, asked, ask, stop, page: loadPage(window, ipcMain).imDesktop }
}

describe('The bridge of the app', () => {
  it('answers by name, for the window that asks', async () => {
    const { page, window, asked } = served()
    expect(await page.begin()).toEqual({ isOk: true, value: { server: 'x' } })
    await page.signIn({ ...ACCOUNT, token: 'a secret' })
    await page.choose('work')
    const { id } = window.webContents
    expect(asked).toEqual([[id], [id, { ...ACCOUNT, token: 'a secret' }], [id, 'work']])
  })

  it('gives the page its methods, and nothing of Electron', () => {
    const { page } = served()
    expect(Object.keys(page).sort()).toEqual(
      [
        'version',
        'begin',
        'signIn',
        'signOut',
        'workspaces',
        'choose',
        'openWindow',
        'roundTrip',
        'onShow',
        'onSignedOut',
      ].sort(),
    )
  })

  it('tells errors by their codes, and of the machine nothing', async () => {
    const { page } = served()
    expect(await page.choose('work')).toEqual({ isOk: false, code: 'FORBIDDEN', message: 'no' })
    const failed = await page.roundTrip()
    expect(failed).toEqual({ isOk: false, code: 'INTERNAL', message: 'The app could not do this.' })
  })

  it.each([
    ['begin', [1]],
    ['signIn', []],
    ['signIn', [null]],
    ['signIn', ['you']],
    ['signIn', [ACCOUNT, ACCOUNT]],
    ['signIn', [{ ...ACCOUNT, server: 'javascript:alert(1)' }]],
    ['signIn', [{ ...ACCOUNT, server: 'http://u:p@a' }]],
    ['signIn', [{ ...ACCOUNT, server: {} }]],
    ['signIn', [{ ...ACCOUNT, agentId: 'group-1' }]],
    ['signIn', [{ ...ACCOUNT, agentId: '' }]],
    ['signIn', [{ ...ACCOUNT, agentId: ['you'] }]],
    ['signIn', [{ ...ACCOUNT, token: 7 }]],
    ['signIn', [{ ...ACCOUNT, token: 'x'.repeat(16 * 1024 + 1) }]],
    ['signIn', [{ ...ACCOUNT, token: 'x'.repeat(100_000_000) }]],
    ['choose', ['../you']],
    ['choose', ['']],
    ['choose', [{}]],
    ['choose', ['x'.repeat(100_000_000)]],
    ['workspaces', ['x']],
    ['signOut', ['you']],
  ] as const)('refuses to %s with what is no such argument', async (name, args) => {
    const { ask, asked } = served()
    expect(await ask(name, ...args)).toMatchObject({ isOk: false, code: 'PROTOCOL_PARAMS_INVALID' })
    expect(asked).toEqual([])
  })

  it('takes what an argument may have and nothing besides', async () => {
    const { ask, asked, window } = served()
    const hostile = JSON.parse(
      `{"__proto__":{"isAdmin":true},"constructor":1,"folder":"/","server":"http://a","agentId":"you","token":""}`,
    )
    await ask('signIn', hostile)
    expect(asked).toEqual([[window.webContents.id, { server: 'http://a', agentId: 'you' }]])
    expect(Reflect.get(asked[0]?.[1] as object, 'isAdmin')).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', 'close', 'start', ''])('has no method %j', async name => {
    await expect(served().ask(name)).rejects.toThrow('No handler')
  })

  it.each([
    ['another page', { url: 'https://evil.example/', origin: 'https://evil.example' }],
    ['a page that looks alike', { url: 'app://console.evil/', origin: 'app://console.evil' }],
    ['a frame in the page', { parent: {} }],
    ['a page without an origin', { url: 'about:blank', origin: 'null' }],
  ])('refuses %s', async (_, difference) => {
    const { ipcMain, window, asked } = served()
    const frame = { ...window.webContents.mainFrame, ...difference }
    expect(await ipcMain.ask(window, `${DESKTOP_CHANNEL}signOut`, [], frame)).toMatchObject({ code: 'FORBIDDEN' })
    expect(asked).toEqual([])
  })

  it('ends', async () => {
    const { ask, stop } = served()
    stop()
    await expect(ask('begin')).rejects.toThrow('No handler')
  })
})
