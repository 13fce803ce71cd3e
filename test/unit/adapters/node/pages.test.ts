import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { serveIM } from '../../../../adapters/node/index.ts'
import { memoryStorage } from '../../../../src/index.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const INDEX =
  '<!doctype html><meta name="csp-nonce" content="__STYLE_NONCE__"><script type="module" src="/assets/a-12345678.js"></script>'

/** Makes a build, with a secret beside it. */
async function makeBuild(): Promise<string> {
  const root = await temporaryFolder()
  const folder = join(root, 'build')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(root, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'index.html'), INDEX)
  await writeFile(join(folder, 'sw.js'), 'self')
  await writeFile(join(folder, '.hidden'), 'hidden')
  await writeFile(join(folder, 'assets', 'a-12345678.js'), 'export {}')
  await writeFile(join(folder, 'assets', '图 1.svg'), '<svg/>')
  await symlink(join(root, 'secret.txt'), join(folder, 'link.txt'))
  return folder
}

async function serve(pages: string) {
  const served = await serveIM({ storage: memoryStorage(), pages })
  onTestFinished(() => served.close())
  return served.url
}

/** Sends a request line as it is: `fetch` would clean the path. */
async function raw(url: string, path: string, headers = ''): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`)
  return await text(socket)
}

describe('Pages', () => {
  let url = ''
  beforeEach(async () => {
    url = await serve(await makeBuild())
  })

  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html?as=you', 'text/html; charset=utf-8', 'no-cache'],
    ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/assets/a-12345678.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/%E5%9B%BE%201.svg', 'image/svg+xml', 'no-cache'],
  ])('serves %s as %s, %s', async (path, type, caching) => {
    const response = await fetch(url + path)
    const { headers, status } = response
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, caching])
    expect(headers.get('content-length')).toBe(String((await response.arrayBuffer()).byteLength))
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'; style-src 'self'"),
    })
  })

  it('puts a nonce of its own into each page and its policy, and into nothing else', async () => {
    const ask = async () => {
      const response = await fetch(url)
      const page = await response.text()
      return { policy: response.headers.get('content-security-policy') ?? '', nonce: /content="(.*?)"/.exec(page)?.[1] }
    }
    const [first, second] = [await ask(), await ask()]
    for (const { policy, nonce } of [first, second]) {
      expect(nonce).toMatch(/^[\w+/]{24}$/)
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}';`)
    }
    expect(first.nonce).not.toBe(second.nonce)
    const script = await fetch(`${url}/sw.js`)
    expect(script.headers.get('content-security-policy')).not.toContain('nonce')
  })

  it('lets a page connect to where it came from, and takes no policy from a Host that is none', async () => {
    const { host } = new URL(url)
    const policy = (await fetch(url)).headers.get('content-security-policy')
    expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host};`)
    const answer = await raw(url, '/')
    expect(answer).toContain("connect-src 'self' ws://x wss://x;")
    const hostile = connect(Number(new URL(url).port), '127.0.0.1')
    hostile.end("GET / HTTP/1.1\r\nHost: x; script-src 'unsafe-inline'\r\nConnection: close\r\n\r\n")
    expect(await text(hostile)).not.toContain('unsafe-inline')
  })

  it('says of a file that is known that it has not changed; of a page never', async () => {
    const etag = (await fetch(`${url}/sw.js`)).headers.get('etag') ?? ''
    const again = (path: string, tag: string) => fetch(url + path, { headers: { 'if-none-match': tag } })
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    const known = await again('/sw.js', `"other", W/${etag}`)
    expect([known.status, await known.text(), known.headers.get('etag')]).toEqual([304, '', etag])
    expect((await again('/sw.js', '"other"')).status).toBe(200)
    expect((await again('/', '*')).status).toBe(200)
  })

  it('answers HEAD without a body, and refuses what would change something', async () => {
    const head = await fetch(`${url}/assets/a-12345678.js`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '9', ''])
    const post = await fetch(url, { method: 'POST', body: 'x' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/index.html%00.txt',
    '/%E0%A4%A',
    '/assets',
    '/assets/',
    '/.hidden',
    '/link.txt',
    '/__proto__',
  ])('does not know %s', async path => {
    const answer = await raw(url, path)
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).not.toContain('secret')
  })

  it('serves what the server serves beside the pages', async () => {
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok', sessions: 0 })
  })

  it('refuses a folder that is no build before the storage is opened', async () => {
    const folder = await temporaryFolder()
    await expect(serve(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(serve(folder)).rejects.toThrow(new TypeError(`${folder} has no index.html.`))
    await writeFile(join(folder, 'huge'), '')
    await truncate(join(folder, 'huge'), 65 * 1024 * 1024)
    await expect(serve(folder)).rejects.toThrow(/too large/)
  })
})
