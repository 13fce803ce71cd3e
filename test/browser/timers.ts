/** What tests need of `node:timers/promises`, in a browser. */

/** There and back, and there and back again: a call to another tab, and what that sets off. */
const ROUNDS = 2

const TURN_MS = 1

/**
 * Resolves when what was under way between tabs has arrived: when as much has gone the same way through the browser since,
 * which takes as long as it takes on a busy machine. Timers of a browser would take 4 ms at least.
 */
export async function setImmediate(): Promise<void> {
  const name = crypto.randomUUID()
  const [here, there] = [new BroadcastChannel(name), new BroadcastChannel(name)]
  const begun = performance.now()
  let rounds = 0
  await new Promise<void>(resolve => {
    there.onmessage = () => there.postMessage(null)
    here.onmessage = () => {
      rounds += 1
      if (rounds < ROUNDS || performance.now() - begun < TURN_MS) here.postMessage(null)
      else resolve()
    }
    here.postMessage(null)
  })
  here.close()
  there.close()
}
