/**
 * The built console as the answers of a scheme handler, under the policy that it has on a server, and a stricter one: it
 * connects to nothing. The folder is read once; a request names one of the files found then, and no part of it is a path.
 */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** Stands in the page for the nonce of the answer. */
const NONCE_PLACEHOLDER = '__STYLE_NONCE__'

const INDEX = '/index.html'

/** What the app has no use for: the worker keeps what is in the app anyway. */
const LEFT_OUT: readonly string[] = ['/service-worker.js']

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

const FIXED = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()',
  'cache-control': 'no-cache',
} as const

/** Answers requests of the console's page. */
export type AnswerPage = (request: { readonly url: string; readonly method: string }) => Response

/** Reads the folder of the built console. @throws TypeError where it has no `index.html`; the system's error */
export async function readConsolePages(folder: string): Promise<AnswerPage> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const path of await filesIn(folder, '')) {
    if (!LEFT_OUT.includes(path)) files.set(path, new Uint8Array(await readFile(join(folder, path))))
  }
  const page = files.get(INDEX)
  if (!page) throw new TypeError(`${folder} has no index.html: the console is not built.`)
  const index = new TextDecoder().decode(page)
  return ({ url, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers: headersOf('.txt') })
    const path = pathOf(url)
    const content = files.get(path)
    if (!content) return new Response(null, { status: 404, headers: headersOf('.txt') })
    if (path !== INDEX) return new Response(content, { headers: headersOf(extname(path)) })
    const nonce = randomBytes(18).toString('base64')
    return new Response(index.replaceAll(NONCE_PLACEHOLDER, nonce), { headers: headersOf('.html', nonce) })
  }
}

/** The policy of an answer; of a page, with the nonce that its style elements carry. */
export function policyOf(nonce?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'none'",
    "manifest-src 'self'",
    "worker-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function headersOf(extension: string, nonce?: string): Record<string, string> {
  const type = TYPES[extension] ?? 'application/octet-stream'
  return { ...FIXED, 'content-type': type, 'content-security-policy': policyOf(nonce) }
}

function pathOf(url: string): string {
  const { pathname } = new URL(url)
  try {
    const path = decodeURIComponent(pathname)
    return path === '/' || path === '' ? INDEX : path
  } catch {
    return '' // no text in UTF-8, and so no name of a file
  }
}

/** Regular files only, and none that is hidden. Names begin with a slash. */
async function filesIn(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !name.startsWith('.'))
    .map(async entry => {
      const path = `${below}/${entry.name}`
      if (entry.isDirectory()) return filesIn(folder, path)
      return entry.isFile() ? [path] : []
    })
  return (await Promise.all(found)).flat()
}
