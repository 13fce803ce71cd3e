/** The runtimes that are tested beside the one that runs the command, and the versions that are installed for it. */

/** How a runtime is had from npm and how its programs are started. */
export interface RuntimePackage {
  readonly runtime: RuntimeName
  /** The package on npm; its program has the same name. */
  readonly name: string
  readonly version: string
  /** What comes before the path of a program. */
  readonly parameters?: readonly string[]
}

/** What a runtime calls itself. */
export type RuntimeName = 'node' | 'bun' | 'deno' | 'workerd'

/** See the head of this file. */
export const RUNTIMES: readonly RuntimePackage[] = [
  { runtime: 'node', name: 'node', version: '22.23.3' },
  { runtime: 'node', name: 'node', version: '24.21.0' },
  { runtime: 'bun', name: 'bun', version: '1.4.5' },
  { runtime: 'deno', name: 'deno', version: '2.9.6', parameters: ['run', '--allow-all'] },
  { runtime: 'workerd', name: 'workerd', version: '1.20261117.1' },
]
