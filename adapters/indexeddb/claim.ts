/** Who owns a database among all tabs of the browser. */
import { IMError } from '../../src/index.ts'

/** The claim of the one owner. */
export interface Claim {
  /** Larger at each new owner. */
  readonly epoch: number
  /** Tells when the claim was taken away. The storage rejects from then on. */
  onLost(listener: (error: IMError) => void): void
  /** Gives the claim up. Another can take it once this has resolved. */
  release(): Promise<void>
}

/**
 * Takes the claim, then raises the fence in the database: `raise` gives the epoch. Where the browser has no locks (pages
 * that did not come over HTTPS), the fence alone guards, and the last who opened is the owner.
 * @throws IMError `STORAGE_LOCKED`
 */
export async function takeClaim(name: string, raise: () => Promise<number>): Promise<Claim> {
  const release = await lock(name)
  try {
    return { epoch: await raise(), onLost: () => undefined, release }
  } catch (error) {
    await release()
    throw error
  }
}

/** Takes the lock, and gives the way to let it go. */
function lock(name: string): Promise<() => Promise<void>> {
  const locks = globalThis.navigator?.locks as LockManager | undefined
  if (!locks) return Promise.resolve(async () => undefined)
  return new Promise((resolve, reject) => {
    const held = locks.request(name, { ifAvailable: true }, granted => {
      if (!granted) throw new IMError('STORAGE_LOCKED', 'Another tab has this storage open.', { details: { name } })
      return new Promise<void>(done => {
        resolve(async () => {
          done()
          await held
        })
      })
    })
    held.catch(reject)
  })
}
