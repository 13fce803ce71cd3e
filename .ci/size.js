/**
 * What `import { IMClient } from 'im-client'` costs in a browser, minified and gzipped, with every dependency. The budget
 * holds for the core with partysocket and superjson, in one file: all that connecting, sending and receiving needs, and
 * superjson, although a client fetches it with the first rich value only. What else is loaded when it is first asked for
 * (the history, handlers, the pending queue, search, …) is in the second figure.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const BUDGET_BYTES = 22 * 1024

/** The core, in a browser that stores what it receives. */
const STORING_BUDGET_BYTES = 26 * 1024

/** What the hooks may add to that, beside React. */
const HOOKS_BUDGET_BYTES = 3 * 1024

/** Leaves dynamic imports out of the bundle. */
const upFrontOnly = {
  name: 'up front only',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined)),
}

async function measure(contents, { plugins = [], external = [] } = {}) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    plugins,
    external,
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser', // so that `#websocket` is what browsers get
  })
  const [{ contents: code }] = outputFiles
  return { bytes: gzipSync(code, { level: 9 }).length, inputs: Object.keys(metafile.inputs).join('\n') }
}

const client = "export { IMClient } from './dist/src/index.js'"
const core = await measure(`${client}; export { SuperJSON } from 'superjson'`, { plugins: [upFrontOnly] })
const all = await measure(client)
const storing = await measure(
  `${client}; export { SuperJSON } from 'superjson'; export { indexedDBStorage } from './dist/adapters/indexeddb/index.js'`,
  { plugins: [upFrontOnly] },
)
for (const [bundle, ...parts] of [
  [core, '/partysocket/', '/superjson/'],
  [all, '/partysocket/', '/superjson/'],
  [storing, '/partysocket/', '/superjson/', '/idb/', '/indexeddb/'],
]) {
  const missing = parts.filter(part => !bundle.inputs.includes(part))
  if (missing.length > 0) throw new Error(`The bundle lacks ${missing}: something else was measured.`)
}

const print = (bytes, what) => console.log(`  ${(bytes / 1024).toFixed(1).padStart(5)} KB  ${what}`)
console.log('IMClient in a browser, minified and gzipped, with all dependencies:')
printWithin(BUDGET_BYTES, core.bytes, 'core with partysocket and superjson, up front')
printWithin(STORING_BUDGET_BYTES, storing.bytes, 'core and the IndexedDB adapter with idb, up front')
const hooks = await measure("export * from './dist/adapters/react/index.js'", { external: ['react'] })
printWithin(HOOKS_BUDGET_BYTES, hooks.bytes, 'React hooks, more')
print(all.bytes, 'core with everything that is loaded on demand')

function printWithin(budget, bytes, what) {
  const left = budget - bytes
  print(bytes, `${what} (at most ${budget / 1024} KB; ${left} bytes are left)`)
  if (left >= 0) return
  console.error(`That is ${-left} bytes above its budget.`)
  process.exitCode = 1
}
