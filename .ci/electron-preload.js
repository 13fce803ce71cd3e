/**
 * Puts the preload script of the Electron adapter into one CommonJS file: a sandboxed window loads no other, and of all modules
 * it finds `electron` alone.
 */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

await build({
  stdin: {
    contents: `
      import { contextBridge, ipcRenderer } from 'electron'
      import { exposeBridge } from './dist/adapters/electron/preload.js'
      exposeBridge({ contextBridge, ipcRenderer })
    `,
    resolveDir: root,
  },
  absWorkingDir: root,
  outfile: 'dist/adapters/electron/preload.cjs',
  bundle: true,
  format: 'cjs',
  platform: 'browser', // nothing of Node is there
  target: 'es2022',
  external: ['electron'],
  logLevel: 'warning',
})
