/**
 * The worker's program as a text, for the files of one build. A build has a cache of its own, filled before the worker is
 * taken on, and answered from alone: what is in it fits together. Everything else goes to the network untouched.
 */
export function serviceWorkerSource(build: string, files: readonly string[]): string {
  return `'use strict'
const CACHE = ${JSON.stringify(`im-console:${build}`)}
const FILES = ${JSON.stringify(files)}

self.addEventListener('install', event => {
  event.waitUntil(addRoutes(event))
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll(FILES.map(file => new Request(file, { cache: 'reload' })))))
})

/** Where the browser knows how, it looks into the cache by itself, without asking the worker below. */
async function addRoutes(event) {
  const baseURL = location.origin
  const toCache = pathname => ({
    condition: { urlPattern: new URLPattern({ pathname, search: '', baseURL }), requestMethod: 'GET' },
    source: { cacheName: CACHE },
  })
  try {
    await event.addRoutes?.(FILES.map(toCache))
  } catch {
    // then the worker is asked
  }
}

self.addEventListener('activate', event => {
  const old = name => name.startsWith('im-console:') && name !== CACHE
  event.waitUntil(
    caches.keys()
      .then(names => Promise.all(names.filter(old).map(name => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('message', event => {
  if (event.data === 'take over') event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', event => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  const path = request.mode === 'navigate' && pathname === '/' ? '/' : pathname
  if (!FILES.includes(path)) return
  event.respondWith(caches.open(CACHE).then(cache => cache.match(path)).then(found => found ?? fetch(request)))
})
`
}
