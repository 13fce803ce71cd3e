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

function pageOf(output: object | undefined): string {
  return output && 'source' in output ? String(output.source) : ''
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
  plugins: [react(), serviceWorker()],
  resolve: {
    alias: [
      { find: '#websocket', replacement: at('../../src/connection/websocket.ts') },
      { find: /^im-client$/, replacement: at('../../src/index.ts') },
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
      output: {
        codeSplitting: {
          groups: [
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
