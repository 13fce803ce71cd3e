/** Whether the browser may throw away what is stored. It decides by itself, and asks the person or does not. */

/**
 * Asks the browser to keep what this origin stores, without waiting for the answer: a person may be asked for it. Nothing
 * depends on it.
 */
export function askToPersist(): void {
  globalThis.navigator?.storage?.persist?.().catch(() => undefined)
}

/**
 * Whether the browser has promised to keep what this origin stores until a person deletes it. Never in a private window:
 * what is stored there is gone with the window. Otherwise it may be evicted when the disk is full, or after days without
 * a visit.
 */
export async function storagePersisted(): Promise<boolean> {
  return (await globalThis.navigator?.storage?.persisted?.()) ?? false
}
