/** The preload script as it is built: a sandboxed window finds `electron` and no other module. */
import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'

it('The preload script of the app needs Electron alone, and gives the page two bridges', async () => {
  const script = await readFile('dist/playground/desktop/preload.cjs', 'utf8')
  const exposed: Record<string, object> = {}
  const required: string[] = []
  const require = (name: string) => {
    required.push(name)
    return {
      contextBridge: { exposeInMainWorld: (name: string, api: object) => Object.assign(exposed, { [name]: api }) },
      ipcRenderer: { on: () => {}, send: () => {}, invoke: () => {} },
    }
  }
  runInNewContext(script, { require, crypto, queueMicrotask, module: { exports: {} }, exports: {} })
  expect(required).toEqual(['electron'])
  expect(Object.keys(exposed).sort()).toEqual(['imBridge', 'imDesktop'])
  expect(Object.keys(exposed['imBridge'] ?? {}).sort()).toEqual(['connect', 'version'])
})
