/** The bundled simulation, for as long as a test file runs. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { bundleSimulation, type SourceMutation } from './bundle.ts'

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A folder within the repository, so that bundles find what they do not hold; gone at the end of the file. */
export async function bundleFolder(): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'simulation-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Builds the program, with bugs or without. */
export async function temporaryProgram(mutations: readonly SourceMutation[] = []): Promise<string> {
  const outfile = join(await bundleFolder(), 'program.mjs')
  await bundleSimulation({ root: ROOT, outfile }, mutations)
  return outfile
}
