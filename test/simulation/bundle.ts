/** Bundles the simulation's program into one file, with or without a bug planted into the source. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** A bug: a change of one place of the source. */
export interface SourceMutation {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** Builds `program.ts` below the root of the repository. @throws where a mutation does not fit its file exactly once */
export async function bundleSimulation(
  { root, outfile }: { readonly root: string; readonly outfile: string },
  mutations: readonly SourceMutation[] = [],
): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['test/simulation/program.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'error',
    alias: { '#websocket': './adapters/node/websocket.ts' },
    external: ['ws'],
    plugins: [planted(root, mutations)],
  })
}

/** Changes files as they are read. */
function planted(root: string, mutations: readonly SourceMutation[]): Plugin {
  return {
    name: 'planted bugs',
    setup: ({ onLoad, onEnd }) => {
      const applied = new Set<string>()
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const own = mutations.filter(({ file }) => resolve(root, file) === path)
        if (own.length === 0) return undefined
        let contents = await readFile(path, 'utf8')
        for (const mutation of own) {
          contents = mutate(contents, mutation)
          applied.add(mutation.file)
        }
        return { contents, loader: 'ts' }
      })
      onEnd(() => {
        const missing = mutations.filter(({ file }) => !applied.has(file))
        if (missing.length > 0)
          throw new Error(`The bundle does not hold ${missing.map(({ file }) => file).join(', ')}.`)
      })
    },
  }
}

/** Changes the one place that a mutation names. */
export function mutate(text: string, { file, find, replace }: SourceMutation): string {
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(find)} ${parts.length - 1} times, not once.`)
  return parts.join(replace)
}
