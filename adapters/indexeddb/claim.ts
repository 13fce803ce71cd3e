/** Who owns a database among all tabs of the browser. */
import type { IMError } from '../../src/index.ts'
import type { TabLock } from './tab-lock.ts'

/** The claim of the one owner. */
export interface Claim {
  /** Larger at each new owner. */
  readonly epoch: number
  /** Tells when the claim was taken away. The storage rejects from then on. */
  onLost(listener: (error: IMError) => void): void
  /** Gives the claim up. Another can take it once this has resolved. */
  release(): Promise<void>
}

/** The fence in the database: see `fence.ts`. */
export interface Fence {
  /** Raises it, and gives the epoch. */
  raise(): Promise<number>
  /** Rejects with `STORAGE_FENCED` where another has raised it since. */
  confirm(): Promise<void>
}

/**
 * Takes the claim, then raises the fence in the database. Where the browser has no locks (pages that did not come over
 * HTTPS), the fence alone guards, and the last who opened is the owner.
 * @throws IMError `STORAGE_LOCKED`
 */
export async function takeClaim(lock: TabLock, { raise, confirm }: Fence): Promise<Claim> {
  let lost: IMError | undefined
  let tell = (error: IMError) => {
    lost = error
  }
  await lock.acquire({ confirm, onLost: error => tell(error) })
  try {
    const epoch = await raise()
    return {
      epoch,
      onLost: listener => {
        tell = listener
        if (lost) listener(lost)
      },
      release: () => lock.release(),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
