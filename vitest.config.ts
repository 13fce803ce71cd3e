import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { browserInstances } from './test/browser/browsers.ts'
import { hasChromium } from './test/browser/installed.ts'

/** Where `.ci/run` wants the counts. */
const report = process.env['IM_TEST_REPORT']

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const names = [
  { find: /^im-client$/, replacement: at('./src/index.ts') },
  { find: /^im-client\/server$/, replacement: at('./src/server/index.ts') },
  { find: /^im-client\/conformance$/, replacement: at('./test/conformance/index.ts') },
  { find: /^im-client\/adapters\/electron\/(\w+)$/, replacement: `${at('./adapters/electron')}/$1.ts` },
  { find: /^im-client\/adapters\/(\w+)$/, replacement: `${at('./adapters')}/$1/index.ts` },
]

/** What measures how long tabs take, and whether a list flickers. */
const MEASURED = ['test/e2e/tabs/**/*.test.ts', 'test/e2e/console/long-history.test.ts']

/** What else drives a Chromium from here, beside what runs in one. */
const WITH_CHROMIUM = [
  'test/e2e/console/**/*.test.ts',
  'test/e2e/desktop/windows.test.ts',
  'test/e2e/electron/bridge.test.ts',
  'test/crash/browser-kill.test.ts',
]

const browsers = hasChromium()

const inNode = {
  resolve: { alias: [{ find: '#websocket', replacement: at('./adapters/node/websocket.ts') }, ...names] },
  test: { testTimeout: 40_000, hookTimeout: 40_000, pool: 'forks' as const },
}

/** More at once than there are cores, since most of them wait. */
const node = {
  ...inNode,
  test: {
    ...inNode.test,
    name: 'node',
    include: ['test/**/*.test.ts'],
    exclude: ['test/soak/**', 'test/bench/**', 'test/browser/**', ...MEASURED, ...(browsers ? [] : WITH_CHROMIUM)],
    maxWorkers: 3,
    sequence: { groupOrder: 0 },
  },
}

/** Comes last, one file after the other, with a machine of its own. */
const measured = {
  ...inNode,
  test: {
    ...inNode.test,
    name: 'measured',
    include: MEASURED,
    maxWorkers: 1,
    sequence: { groupOrder: 2 },
  },
}

/** What tests in browsers import; found in mid-run, it would reload the page under them. */
const FOUND_FIRST = ['idb', 'idb-keyval', 'partysocket/ws', 'superjson', 'tinyqueue', 'valibot']

const UNSTORAGE = ['unstorage', 'unstorage-2'].flatMap(name => [
  name,
  `${name}/drivers/indexedb`,
  `${name}/drivers/localstorage`,
])

const inBrowsers = () => ({
  resolve: {
    alias: [
      { find: '#websocket', replacement: at('./src/connection/websocket.ts') },
      { find: 'node:timers/promises', replacement: at('./test/browser/timers.ts') },
      ...names,
    ],
  },
  optimizeDeps: { include: [...FOUND_FIRST, ...UNSTORAGE] },
  test: {
    name: 'browser',
    testTimeout: 20_000,
    maxWorkers: 2,
    sequence: { groupOrder: 1 },
    browser: { enabled: true, headless: true, screenshotFailures: false, instances: browserInstances() },
  },
})

export default defineConfig({
  test: {
    projects: browsers ? [node, inBrowsers(), measured] : [node],
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
  },
})
