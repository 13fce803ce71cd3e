/** Puts the preload script of the desktop app into one CommonJS file: a sandboxed window loads no other. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: ['dist/playground/desktop/preload.js'],
  outfile: 'dist/playground/desktop/preload.cjs',
  bundle: true,
  format: 'cjs',
  platform: 'browser', // nothing of Node is there
  target: 'es2022',
  external: ['electron'],
  tsconfigRaw: {}, // the sources' own names are not those of what was built
  logLevel: 'warning',
})
