import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { browserInstances } from './test/browser/browsers.ts'

/** Where `.ci/run` wants the counts. */
const report = process.env['IM_TEST_REPORT']

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const names = [
  { find: /^im-client$/, replacement: at('./src/index.ts') },
  { find: /^im-client\/server$/, replacement: at('./src/server/index.ts') },
  { find: /^im-client\/conformance$/, replacement: at('./test/conformance/index.ts') },
  { find: /^im-client\/adapters\/(\w+)$/, replacement: `${at('./adapters')}/$1/index.ts` },
]

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: [{ find: '#websocket', replacement: at('./adapters/node/websocket.ts') }, ...names] },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/soak/**', 'test/bench/**', 'test/browser/**'],
          testTimeout: 20_000,
          hookTimeout: 20_000,
          pool: 'forks',
        },
      },
      {
        resolve: { alias: [{ find: '#websocket', replacement: at('./src/connection/websocket.ts') }, ...names] },
        // Found in mid-run, they would reload the page under the tests.
        optimizeDeps: { include: ['idb', 'partysocket/ws', 'superjson', 'tinyqueue', 'valibot'] },
        test: {
          name: 'browser',
          testTimeout: 20_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: browserInstances(),
          },
        },
      },
    ],
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
  },
})
