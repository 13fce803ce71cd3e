import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { policyHeaders } from '../../../../adapters/node/page-policy.ts'
import { type AnswerPage, policyOf, readConsolePages } from '../../../../playground/desktop/console-pages.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const get = (url: string, method = 'GET') => ({ url, method })

async function build(): Promise<AnswerPage> {
  const folder = await temporaryFolder()
  const outside = join(folder, 'secret.txt')
  const pages = join(folder, 'pages')
  await mkdir(join(pages, 'assets'), { recursive: true })
  await writeFile(outside, 'secret')
  await writeFile(join(pages, 'index.html'), '<meta content="__STYLE_NONCE__">')
  await writeFile(join(pages, 'assets', 'a.js'), 'a()')
  await writeFile(join(pages, 'service-worker.js'), '')
  await writeFile(join(pages, '.hidden'), '')
  await symlink(outside, join(pages, 'linked.txt'))
  return await readConsolePages(pages)
}

describe('The pages of the app', () => {
  it('are the console, with a nonce of its own for each load', async () => {
    const answer = await build()
    const responses = [answer(get('app://console/')), answer(get('app://console/index.html'))]
    const nonces = []
    for (const response of responses) {
      const [, nonce = ''] = /content="(.{24})"/.exec(await response.text()) ?? []
      expect(response.headers.get('content-security-policy')).toBe(policyOf(nonce))
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      nonces.push(nonce)
    }
    expect(new Set(nonces).size).toBe(2)
  })

  it('are its files', async () => {
    const answer = await build()
    const response = answer(get('app://console/assets/a.js?x#y'))
    expect(await response.text()).toBe('a()')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/linked.txt',
    '/.hidden',
    '/service-worker.js',
    '/assets',
    '/assets/',
    '/%ff',
    '/nothing',
    '//etc/passwd',
  ])('are nothing else: %s', async path => {
    const answer = await build()
    expect(answer(get(`app://console${path}`)).status).toBe(404)
  })

  it('are read only', async () => {
    const answer = await build()
    expect(answer(get('app://console/', 'POST')).status).toBe(405)
  })

  it('have the policy of a server, and connect to nothing', () => {
    const served = policyHeaders({ host: undefined, nonce: 'n' })['content-security-policy']
    const stricter = served
      ?.replace("connect-src 'self'", "connect-src 'none'")
      .replace("worker-src 'self'", "worker-src 'none'")
    expect(policyOf('n')).toBe(stricter)
  })

  it('have to be built', async () => {
    await expect(readConsolePages(await temporaryFolder())).rejects.toThrow('the console is not built.')
  })
})
