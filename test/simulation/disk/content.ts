/**
 * The bytes of a file, twice: as every program sees them, and as they are on the disk. What lies between is a list of
 * changes that were not synced, of which a power loss keeps, drops or tears each one (the model of SQLite's test VFS).
 */
import type { Chance } from '../engine/chance.ts'
import { Bytes } from './bytes.ts'

/** A disk writes this many bytes at once or not at all. */
const SECTOR_BYTES = 512

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number }

/** How a power loss treats what was not synced. */
export type PowerLoss = 'keeps' | 'drops' | 'tears'

/** See the head of this file. */
export class Content {
  #seen = new Bytes()
  #durable = new Bytes()
  #unsynced: Change[] = []

  /** What programs see. */
  get seen(): Uint8Array {
    return this.#seen.view
  }

  /** What is there after a power loss that drops everything which was not synced. */
  get durable(): Uint8Array {
    return this.#durable.view
  }

  /** Writes; `through`: durable at once, with all that came before. */
  write(offset: number, bytes: Uint8Array, through: boolean): void {
    this.#change({ kind: 'write', offset, bytes: Uint8Array.from(bytes) }, through)
  }

  /** Cuts off or fills up with zeros. */
  truncate(size: number): void {
    this.#change({ kind: 'truncate', size }, false)
  }

  /** Makes everything durable. */
  sync(): void {
    for (const change of this.#unsynced) apply(change, this.#durable)
    this.#unsynced = []
  }

  /** A sync that fails, as on Linux: what was dirty counts as clean from then on, and never gets to the disk by itself. */
  failSync(): void {
    this.#unsynced = []
  }

  /** The power is gone: what was not synced is there or is not. */
  losePower(how: PowerLoss, chance: Chance): void {
    if (how !== 'drops') {
      for (const change of this.#unsynced) {
        if (how === 'keeps') apply(change, this.#durable)
        else tear(change, this.#durable, chance)
      }
    }
    this.#unsynced = []
    this.#seen = this.#durable.copy()
  }

  #change(change: Change, through: boolean): void {
    apply(change, this.#seen)
    this.#unsynced.push(change)
    if (through) this.sync()
  }
}

function apply(change: Change, bytes: Bytes): void {
  if (change.kind === 'write') bytes.write(change.offset, change.bytes)
  else bytes.truncate(change.size)
}

/** Keeps some sectors of a write, each for itself, and the beginning only of one of them. */
function tear(change: Change, durable: Bytes, chance: Chance): void {
  if (change.kind === 'truncate') {
    if (chance.happens(0.5)) durable.truncate(change.size)
    return
  }
  const likelihood = chance.pick([0.3, 0.6, 0.9])
  const { offset, bytes } = change
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(bytes.length, start + SECTOR_BYTES - ((offset + start) % SECTOR_BYTES))
    const kept = chance.happens(0.1) ? start + chance.integer(0, end - start) : end
    if (chance.happens(likelihood)) durable.write(offset + start, bytes.subarray(start, kept))
    start = end
  }
}
