/** Builds the console into dist/playground/console; `vite playground/console` serves it beside a server for development. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { serviceWorkerSource } from './service-worker.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The server that a page in development talks to. */
const { IM_SERVER = 'http://127.0.0.1:8080' } = process.env
/** The page and its server are of one origin: the server lets no other in. */
const proxy = {
  '/im': { target: IM_SERVER, ws: true, changeOrigin: true, rewriteWsOrigin: true },
}

/** Files of the page that no module names. */
const PUBLIC_FILES = ['/icon.svg', '/manifest.webmanifest']

/** The client, its adapters, and what they stand on. */
function isClient(id: string): boolean {
  if (id.startsWith(at('../../adapters/electron/'))) return false // for the windows of the desktop app only
  const own = [at('../../src/'), at('../../adapters/')].some(folder => id.startsWith(folder))
  return own || /node_modules[\\/](idb|partysocket|superjson|valibot|tinyqueue|copy-anything|is-what)[\\/]/.test(id)
}

function pageOf(output: object | undefined): string {
  return output && 'source' in output ? String(output.source) : ''
}

/** What the client loads on demand, and needs at every start. */
const AT_ONCE =
  /[\\/](view[\\/](view|host)|indexeddb[\\/]tab-views|src[\\/]on-demand|connection[\\/]token|messaging[\\/]work)\.ts$/

/** Asks at once for what the client will ask for while it opens: otherwise one part would come after the other. */
function preloadClient(): Plugin {
  return {
    name: 'preload-client',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter(part => part.type === 'chunk' && AT_ONCE.test(part.facadeModuleId ?? ''))
          .map(({ fileName }) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
            injectTo: 'head' as const,
          })),
    },
  }
}

/** Writes the service worker, which knows every file of the build. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const names = Object.keys(bundle)
        .filter(name => name !== 'index.html')
        .sort()
      const build = createHash('sha256')
        .update(names.join('\n'))
        .update(pageOf(bundle['index.html']))
        .digest('hex')
        .slice(0, 12)
      const files = ['/', ...PUBLIC_FILES, ...names.map(name => `/${name}`)]
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: serviceWorkerSource(build, files) })
    },
  }
}

export default defineConfig({
  root: at('.'),
  plugins: [react(), preloadClient(), serviceWorker()],
  resolve: {
    alias: [
      { find: '#websocket', replacement: at('../../src/connection/websocket.ts') },
      { find: /^im-client$/, replacement: at('../../src/index.ts') },
      { find: /^im-client\/adapters\/electron\/(\w+)$/, replacement: `${at('../../adapters/electron')}/$1.ts` },
      { find: /^im-client\/adapters\/(\w+)$/, replacement: `${at('../../adapters')}/$1/index.ts` },
    ],
  },
  build: {
    outDir: at('../../dist/playground/console'),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // they know light-dark()
    assetsInlineLimit: 0, // the policy of the page allows no data: but for images
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { ineffectiveDynamicImport: false }, // the client is one chunk here, see below
      output: {
        codeSplitting: {
          groups: [
            {
              // What the client loads on demand is in use before anything is shown: parts of it would come one after the other.
              name: 'client',
              test: isClient,
            },
            { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui|react-remove-scroll)/ },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            {
              name: 'markdown',
              test: /node_modules[\\/](react-markdown|remark|rehype|micromark|mdast|hast|unist|unified|vfile)/,
            },
          ],
        },
      },
    },
  },
  server: { proxy },
  preview: { proxy },
})
