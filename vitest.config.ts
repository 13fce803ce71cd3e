import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Where `.ci/run` wants the counts. */
const report = process.env['IM_TEST_REPORT']

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: '#websocket', replacement: at('./adapters/node/websocket.ts') },
      { find: /^im-client$/, replacement: at('./src/index.ts') },
      { find: /^im-client\/server$/, replacement: at('./src/server/index.ts') },
      { find: /^im-client\/conformance$/, replacement: at('./test/conformance/index.ts') },
      { find: /^im-client\/adapters\/(\w+)$/, replacement: `${at('./adapters')}/$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/soak/**', 'test/bench/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
  },
})
