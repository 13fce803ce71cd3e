/** What can be built on a driver, and what is refused. Known by the names that drivers give themselves. */
import { type Durability, IMError } from '../../src/index.ts'
import type { KeyValueDriver, KeyValueStorage } from './key-value-storage.ts'

/** What holds for a store beyond the contract of storage, and what does not. */
export interface UnstorageFacts {
  /** The drivers that the keys of this storage lead to, the first one first; `unknown` where one does not tell. */
  readonly drivers: readonly string[]
  /** Whether what was acknowledged outlives the process. `durability` says how well. */
  readonly durable: boolean
  /** unstorage writes one key at a time. Batches are atomic all the same: the journal sees to it. */
  readonly atomicMultiKey: false
  /** Nor has it compare-and-swap: the owner is told by a claim that the last who opens writes over. */
  readonly compareAndSwap: false
  /** Whether a read sees the last write: as far as the driver is known, or as you have said. */
  readonly consistency: 'strong' | 'eventual' | 'unknown'
}

/** What the caller says of the store. */
export interface StatedFacts {
  readonly durability?: Durability | undefined
  readonly consistency?: 'eventual' | undefined
}

/** They drop entries by themselves, for want of room or after some time. */
const EVICTING: ReadonlySet<string> = new Set(['lru-cache', 'cloudflare-cache-binding', 'vercel-runtime-cache', 'null'])

/** A read may not see the last write, for a minute in some places. */
const EVENTUAL: ReadonlySet<string> = new Set([
  'azure-cosmos',
  'cloudflare-kv-binding',
  'cloudflare-kv-http',
  'netlify-blobs',
  'uploadthing',
  'upstash',
  'vercel-blob',
  'vercel-kv',
])

/** They cannot be written to. */
const READ_ONLY: ReadonlySet<string> = new Set(['azure-app-configuration', 'azure-key-vault', 'github'])

/** They forget at the end of the process, or of the page. */
const FORGETFUL: ReadonlySet<string> = new Set(['memory', 'session-storage'])

/** A read sees the last write. */
const STRONG: ReadonlySet<string> = new Set([
  'memory',
  'fs',
  'fs-lite',
  'redis',
  'localstorage',
  'session-storage',
  'idb-keyval',
  'capacitor-preferences',
  'cloudflare-r2-binding',
  'deno-kv',
  'deno-kv-node',
  'mongodb',
])

/** Drivers that pass calls on to those in their options. */
const LAYERED = 'overlay'

/**
 * What holds for the keys below a base.
 * @throws IMError `STORAGE_UNSUITABLE`, with the driver and the reason in its details
 */
export function factsOf(storage: KeyValueStorage, base: string, stated: StatedFacts): UnstorageFacts {
  const drivers = driversOf(storage, base)
  for (const driver of drivers) requireSuitable(driver, stated)
  const names = drivers.map(nameOf)
  const durable = stated.durability ? stated.durability !== 'none' : !names.some(name => FORGETFUL.has(name))
  const written = names.filter(name => name !== LAYERED)
  const consistency = stated.consistency ?? (written.every(name => STRONG.has(name)) ? 'strong' : 'unknown')
  return { drivers: names, durable, atomicMultiKey: false, compareAndSwap: false, consistency }
}

/** All that the keys below a base may lead to, also through layers. */
function driversOf(storage: KeyValueStorage, base: string): KeyValueDriver[] {
  const mounts = [storage.getMount(base), ...storage.getMounts(base)]
  return [...new Set(mounts.flatMap(({ driver }) => withLayers(driver)))]
}

function withLayers(driver: KeyValueDriver): KeyValueDriver[] {
  const { layers } = optionsOf(driver)
  return [driver, ...(Array.isArray(layers) ? (layers as KeyValueDriver[]).flatMap(withLayers) : [])]
}

function requireSuitable(driver: KeyValueDriver, { consistency }: StatedFacts): void {
  const name = nameOf(driver)
  const options = optionsOf(driver)
  if (EVICTING.has(name)) throw refusal(name, 'evicts', 'It drops entries by itself: messages would be lost.')
  if (options['ttl'])
    throw refusal(name, 'expires', 'Its option "ttl" lets every entry expire: messages would be lost.')
  const writable = driver.setItem !== undefined && driver.removeItem !== undefined
  if (!writable || READ_ONLY.has(name) || options['readOnly']) {
    throw refusal(name, 'read-only', 'It cannot be written to.')
  }
  if (!EVENTUAL.has(name) || options['consistency'] === 'strong' || consistency === 'eventual') return
  const text = 'A read may not see the last write, so a second owner or a restart may miss what was acknowledged.'
  throw refusal(name, 'eventual', `${text} Say { consistency: 'eventual' } where you accept that.`)
}

function refusal(driver: string, reason: string, text: string): IMError {
  return new IMError('STORAGE_UNSUITABLE', `The driver "${driver}" is not for this storage. ${text}`, {
    details: { driver, reason },
  })
}

function nameOf({ name }: KeyValueDriver): string {
  return name ?? 'unknown'
}

function optionsOf({ options }: KeyValueDriver): Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {}
}
