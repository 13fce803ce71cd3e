/** Which runtime this is, by what it says itself. */

/** A runtime that introduces itself. */
export interface RuntimeVersion {
  readonly runtime: string
  readonly version: string
}

interface Globals {
  readonly Bun?: { readonly version: string }
  readonly Deno?: { readonly version: { readonly deno: string } }
}

/** The runtime of this program. Bun and Deno say that they are a Node as well. */
export function versionOf(): RuntimeVersion {
  const { Bun, Deno } = globalThis as Globals
  if (Bun) return { runtime: 'bun', version: Bun.version }
  if (Deno) return { runtime: 'deno', version: Deno.version.deno }
  return { runtime: 'node', version: process.versions.node }
}
