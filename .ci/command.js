/**
 * Puts the command into a few files and makes `npx im-client` in this folder run it. Beside a running agent a command has
 * next to nothing to do: what it costs is the loading of its modules, and one file takes a fraction of a hundred. Without
 * the link npx would install the folder into its cache first, which builds everything once more.
 */
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const outdir = fileURLToPath(new URL('../dist/command/', import.meta.url))

await rm(outdir, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: ['dist/adapters/cli/main.js'],
  outdir,
  bundle: true,
  splitting: true, // what is loaded on demand stays so
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['ws'],
  tsconfigRaw: {}, // the sources' own names are not those of what was built
  // Packages that are no modules ask for what Node has with `require`.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

const command = `${outdir}main.js`
await chmod(command, 0o755)
// Windows needs a wrapper instead of a link: there npx takes the long way.
if (process.platform !== 'win32') {
  const link = new URL('../node_modules/.bin/im-client', import.meta.url)
  await mkdir(new URL('.', link), { recursive: true })
  await rm(link, { force: true })
  await symlink('../../dist/command/main.js', link)
}
