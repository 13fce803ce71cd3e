/**
 * What `import { IMClient } from 'im-client'` costs in a browser, minified and gzipped, with every dependency.
 * The budget holds for what is loaded up front together with superjson, which is fetched when a message first carries
 * rich data; what else is fetched on demand is printed beside it.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const BUDGET_BYTES = 22 * 1024

const root = fileURLToPath(new URL('..', import.meta.url))
const { outputFiles, metafile } = await build({
  stdin: { contents: "export { IMClient } from './dist/src/index.js'", resolveDir: root },
  absWorkingDir: root,
  bundle: true,
  minify: true,
  splitting: true,
  metafile: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  platform: 'browser', // so that `#websocket` is what browsers get
  outdir: 'size',
})

const bytes = new Map()
for (const { path, contents } of outputFiles)
  bytes.set(path.slice(root.length), gzipSync(contents, { level: 9 }).length)

/** A chunk and all that it imports statically. */
function closure(chunk, found = new Set()) {
  if (found.has(chunk)) return found
  found.add(chunk)
  for (const { path, kind } of metafile.outputs[chunk].imports) if (kind === 'import-statement') closure(path, found)
  return found
}

const chunks = Object.keys(metafile.outputs)
const holding = name =>
  chunks.filter(chunk => Object.keys(metafile.outputs[chunk].inputs).some(at => at.includes(name)))
const upFront = closure('size/stdin.js')
const superjson = new Set(holding('node_modules/superjson/').flatMap(chunk => [...closure(chunk)]))
for (const name of ['partysocket', 'superjson']) {
  if (holding(`node_modules/${name}/`).length === 0)
    throw new Error(`The bundle holds no ${name}: nothing was measured.`)
}

const sum = selected => selected.reduce((total, chunk) => total + bytes.get(chunk), 0)
const kilobytes = count => `${(count / 1024).toFixed(1)} KB`.padStart(8)
const counted = sum([...new Set([...upFront, ...superjson])])
const all = sum(chunks)

console.log('IMClient in a browser, minified and gzipped, with all dependencies:')
console.log(`  ${kilobytes(sum([...upFront]))}  loaded up front`)
console.log(`  ${kilobytes(counted)}  with superjson (at most ${kilobytes(BUDGET_BYTES).trim()})`)
console.log(`  ${kilobytes(all)}  with everything that may be loaded later`)
if (counted > BUDGET_BYTES) {
  console.error(`The core is ${counted - BUDGET_BYTES} bytes above its budget.`)
  process.exitCode = 1
}
