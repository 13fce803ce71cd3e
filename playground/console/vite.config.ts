/** Builds the console into dist/playground/console; `vite playground/console` serves it beside a server for development. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The server that a page in development talks to. */
const { IM_SERVER = 'http://127.0.0.1:8080' } = process.env
/** The page and its server are of one origin: the server lets no other in. */
const proxy = {
  '/im': { target: IM_SERVER, ws: true, changeOrigin: true, rewriteWsOrigin: true },
}

export default defineConfig({
  root: at('.'),
  plugins: [react()],
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
    assetsInlineLimit: 0, // the policy of the page allows no data: but for images
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy },
  preview: { proxy },
})
