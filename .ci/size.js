/**
 * What `import { IMClient } from 'im-client'` costs in a browser, minified and gzipped, with every dependency. The budget
 * holds for what is loaded up front: all that connecting, sending, receiving and reading needs. What a client fetches
 * when it is first asked for (superjson with the first rich value, handlers, the pending queue, …) is printed beside it.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** A ceiling just above what is measured, so that nothing is added unseen. The aim is 22 KB. */
const BUDGET_BYTES = 22.8 * 1024
const NOW_AND_LATER = { now: 'loaded up front', all: 'with everything that may be loaded later' }

/** Leaves dynamic imports out of the bundle. */
const upFrontOnly = {
  name: 'up front only',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined)),
}

async function measure(contents, plugins = []) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    plugins,
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
const now = await measure(client, [upFrontOnly])
const all = await measure(client)
const superjson = await measure("import { SuperJSON } from 'superjson'; export default new SuperJSON()")
if (!now.inputs.includes('/partysocket/') || !all.inputs.includes('/superjson/')) {
  throw new Error('The bundle lacks partysocket or superjson: something else was measured.')
}

const print = (bytes, what) => console.log(`  ${(bytes / 1024).toFixed(1).padStart(5)} KB  ${what}`)
console.log('IMClient in a browser, minified and gzipped, with all dependencies:')
print(now.bytes, `${NOW_AND_LATER.now} (at most ${BUDGET_BYTES / 1024} KB)`)
print(superjson.bytes, 'superjson alone, loaded with the first rich value')
print(all.bytes, NOW_AND_LATER.all)
if (now.bytes > BUDGET_BYTES) {
  console.error(`What is loaded up front is ${now.bytes - BUDGET_BYTES} bytes above its budget.`)
  process.exitCode = 1
}
