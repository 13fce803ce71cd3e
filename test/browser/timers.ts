/** What tests need of `node:timers/promises`, in a browser: what channels between tabs carry takes some milliseconds. */

/** Resolves when what was under way has arrived. */
export function setImmediate(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 4))
}
