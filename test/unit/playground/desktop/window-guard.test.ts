import { describe, expect, it } from 'vitest'
import {
  type GuardedContents,
  guardContents,
  isPermitted,
  mayLoad,
  type NavigationListener,
} from '../../../../playground/desktop/window-guard.ts'

const ORIGIN = 'app://console'

function guarded() {
  const outside: string[] = []
  const listeners = new Map<string, NavigationListener>()
  let open: (details: { readonly url: string }) => { action: 'deny' } = () => ({ action: 'deny' })
  const contents: GuardedContents = {
    on: (event: string, listener: NavigationListener) => listeners.set(event, listener),
    setWindowOpenHandler: handler => {
      open = handler
    },
  }
  guardContents(contents, { origin: ORIGIN, openOutside: url => outside.push(url) })
  const isStopped = (event: string, url: string) => {
    let stopped = false
    listeners.get(event)?.({
      url,
      preventDefault: () => {
        stopped = true
      },
    })
    return stopped
  }
  return { outside, isStopped, open: (url: string) => open({ url }) }
}

describe('A window', () => {
  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('stays with the console: %s', event => {
    const { isStopped } = guarded()
    for (const url of ['app://console/', 'app://console/#/chats/bob', 'app://console']) {
      expect([url, isStopped(event, url)]).toEqual([url, false])
    }
    for (const url of [
      'https://example.org/',
      'app://console.example/',
      'app://other/',
      'file:///etc/passwd',
      'data:text/html,x',
      'javascript:alert(1)',
      'about:blank',
      'APP://CONSOLE@example.org/',
    ]) {
      expect([url, isStopped(event, url)]).toEqual([url, true])
    }
  })

  it('has no web views', () => {
    expect(guarded().isStopped('will-attach-webview', '')).toBe(true)
  })

  it('opens nothing itself, and addresses of the web where the person has a browser', () => {
    const { open, outside } = guarded()
    const urls = [
      'https://example.org/a?b#c',
      'http://127.0.0.1:8080/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://host/share',
      'im-console://chats/bob',
      'data:text/html,x',
      'mailto:a@example.org',
      'no address',
      `https://example.org/${'x'.repeat(10_000)}`,
    ]
    for (const url of urls) expect(open(url)).toEqual({ action: 'deny' })
    expect(outside).toEqual(['https://example.org/a?b#c', 'http://127.0.0.1:8080/'])
  })

  it('may copy, and nothing else', () => {
    expect(['clipboard-sanitized-write', 'clipboard-read', 'media', 'geolocation', ''].map(isPermitted)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('loads its own files only', () => {
    expect(mayLoad('app://console/assets/a.js', ORIGIN)).toBe(true)
    expect(mayLoad('blob:app://console/1', ORIGIN)).toBe(true)
    for (const url of ['https://example.org/p.png', 'http://127.0.0.1:8080/health', 'file:///etc/passwd', 'ws://a/']) {
      expect([url, mayLoad(url, ORIGIN)]).toEqual([url, false])
    }
  })
})
