/** Faults of a disk that are to come: each waits for its turn among the operations that it can meet. */

/** `EIO`, `ENOSPC`, `EMFILE`: an operation fails. `short`: a write ends short. `sync`: a sync fails, and forgets what was dirty. */
export type FaultKind = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short' | 'sync'

/** Operations that each fault can meet. */
const VICTIMS: Readonly<Record<FaultKind, ReadonlySet<string>>> = {
  EIO: new Set(['open', 'read', 'write', 'truncate', 'rename', 'readFile', 'readdir', 'rm', 'mkdir', 'link']),
  ENOSPC: new Set(['open', 'write', 'mkdir', 'rename', 'link']),
  EMFILE: new Set(['open', 'readFile', 'readdir']),
  short: new Set(['write']),
  sync: new Set(['sync', 'datasync']),
}

interface Fault {
  readonly kind: FaultKind
  after: number
  times: number
}

/** See the head of this file. */
export class DiskFaults {
  #faults: Fault[] = []

  /** Lets a fault meet `times` operations, after it has let `after` of them pass. */
  add(kind: FaultKind, after: number, times: number): void {
    this.#faults.push({ kind, after, times })
  }

  /** From now on the disk is well. */
  clear(): void {
    this.#faults = []
  }

  /** The fault that this operation meets, if there is one. */
  meet(operation: string): FaultKind | undefined {
    const fault = this.#faults.find(({ kind }) => VICTIMS[kind].has(operation))
    if (!fault) return undefined
    if (fault.after > 0) {
      fault.after -= 1
      return undefined
    }
    fault.times -= 1
    if (fault.times <= 0) this.#faults.splice(this.#faults.indexOf(fault), 1)
    return fault.kind
  }
}
