/**
 * Built web pages on the server's own port. The folder is read once, when the server starts: a request names one of the
 * files that were found then, and no part of it ever becomes a path.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { NONCE_PLACEHOLDER, policyHeaders } from './page-policy.ts'

/** The page that `/` stands for. */
const INDEX = '/index.html'

/** More than this is no build, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024

/** A name with a hash of the content: another content has another name. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/

const YEAR_S = 31_536_000

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

interface PageFile {
  readonly content: Buffer
  readonly type: string
  readonly etag: string
}

/** See the head of this file. */
export class Pages {
  readonly #files: ReadonlyMap<string, PageFile>

  private constructor(files: ReadonlyMap<string, PageFile>) {
    this.#files = files
  }

  /** Reads a folder of built files. @throws TypeError where it has no `index.html`, or is too large; the system's error */
  static async read(folder: string): Promise<Pages> {
    const files = new Map<string, PageFile>()
    let bytes = 0
    for (const path of await filesIn(folder, '')) {
      const content = await readFile(join(folder, path))
      bytes += content.length
      if (bytes > MAX_BYTES) throw new TypeError(`${folder} is too large to be a folder of built pages.`)
      files.set(path, { content, type: TYPES[extname(path)] ?? 'application/octet-stream', etag: etagOf(content) })
    }
    if (!files.has(INDEX)) throw new TypeError(`${folder} has no index.html.`)
    return new Pages(files)
  }

  /** Answers a request for one of the files; says whether it was one. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request.url ?? '')
    const file = path === undefined ? undefined : this.#files.get(path)
    if (path === undefined || file === undefined) return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (path === INDEX) {
      sendPage(request, response, file)
    } else {
      sendFile(request, response, { ...file, isHashed: HASHED.test(path) })
    }
    return true
  }
}

/** A page is never answered with 304: a browser would put this response's nonce beside the page of another. */
function sendPage(request: IncomingMessage, response: ServerResponse, { content, type }: PageFile): void {
  const nonce = randomBytes(18).toString('base64')
  const page = content.toString('utf8').replaceAll(NONCE_PLACEHOLDER, nonce)
  response.writeHead(200, {
    ...policyHeaders({ host: request.headers.host, nonce }),
    'content-type': type,
    'content-length': Buffer.byteLength(page),
    'cache-control': 'no-cache',
  })
  response.end(request.method === 'HEAD' ? undefined : page)
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { content, type, etag, isHashed }: PageFile & { readonly isHashed: boolean },
): void {
  const headers = {
    ...policyHeaders({ host: request.headers.host }),
    etag,
    'cache-control': isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
  }
  if (isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': content.length })
  response.end(request.method === 'HEAD' ? undefined : content)
}

/** The name that a request asks for; `undefined` where it is none. */
function pathOf(url: string): string | undefined {
  const [raw = ''] = url.split(/[?#]/)
  try {
    const path = decodeURIComponent(raw)
    return path === '/' ? INDEX : path
  } catch {
    return undefined // no text in UTF-8, and so no name of a file
  }
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(',').map(tag => tag.trim().replace(/^W\//, '')) ?? []
  return known.includes(etag) || known.includes('*')
}

function etagOf(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`
}

/** Regular files only, and none that is hidden: a link may lead anywhere. Names begin with a slash. */
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
