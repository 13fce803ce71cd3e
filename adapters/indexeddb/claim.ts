/** Who owns a database among all tabs of the browser. */
import type { IMError } from '../../src/index.ts'
import type { TabLock } from './tab-lock.ts'

/** The claim of the one owner. */
export interface Claim {
  /** Tells when the claim was taken away. The storage rejects from then on. */
  onLost(listener: (error: IMError) => void): void
  /** Gives the claim up. Another can take it once this has resolved. */
  release(): Promise<void>
}

/** The database, and the fence in it: see `fence.ts`. */
export interface Fence {
  /** Raises it: every former owner is fenced from then on. */
  raise(): Promise<void>
  /** Rejects with `STORAGE_FENCED` where another has raised it since. */
  confirm(): Promise<void>
  /** Lets go of the database until it is needed again: a newer version of the page may want to change it. */
  rest(): void
}

/**
 * Takes the claim, then raises the fence in the database. Where the browser has no locks (pages that did not come over
 * HTTPS), the fence alone guards, and the last who opened is the owner.
 * @throws IMError `STORAGE_LOCKED`
 */
export async function takeClaim(lock: TabLock, { raise, ...database }: Fence): Promise<Claim> {
  let lost: IMError | undefined
  let tell = (error: IMError) => {
    lost = error
  }
  await lock.acquire({ ...database, onLost: error => tell(error) })
  try {
    await raise()
    return {
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
