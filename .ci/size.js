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
const needed = ['/partysocket/', '/superjson/']
if (needed.some(part => !core.inputs.includes(part) || !all.inputs.includes(part))) {
  throw new Error('The bundle lacks partysocket or superjson: something else was measured.')
}

const print = (bytes, what) => console.log(`  ${(bytes / 1024).toFixed(1).padStart(5)} KB  ${what}`)
console.log('IMClient in a browser, minified and gzipped, with all dependencies:')
const left = BUDGET_BYTES - core.bytes
print(
  core.bytes,
  `core with partysocket and superjson, up front (at most ${BUDGET_BYTES / 1024} KB; ${left} bytes are left)`,
)
print(all.bytes, 'with everything that is loaded on demand')
const hooks = await measure("export * from './dist/adapters/react/index.js'", { external: ['react'] })
const hooksLeft = HOOKS_BUDGET_BYTES - hooks.bytes
print(hooks.bytes, `React hooks, more (at most ${HOOKS_BUDGET_BYTES / 1024} KB; ${hooksLeft} bytes are left)`)
if (left < 0 || hooksLeft < 0) {
  console.error(`Above the budget: the core by ${Math.max(0, -left)} bytes, the hooks by ${Math.max(0, -hooksLeft)}.`)
  process.exitCode = 1
}
