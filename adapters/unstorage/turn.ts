/**
 * Who opens a store in one program does so one after the other: among them nobody is told from another by time. The turn is
 * kept at the store itself, which is all that they have in common.
 */
import type { KeyValueStorage } from './key-value-storage.ts'

const TURN = Symbol.for('im-client:unstorage:turn')

/** Runs a step when those that came before have ended, whichever way. */
export function inTurn<T>(storage: KeyValueStorage, step: () => Promise<T>): Promise<T> {
  const { [TURN]: before } = storage as { readonly [TURN]?: Promise<unknown> }
  const turn = before ? before.then(step) : step()
  const ended = turn.catch(() => undefined) // told to whoever asked for this turn
  Reflect.defineProperty(storage, TURN, { value: ended, configurable: true })
  return turn
}
