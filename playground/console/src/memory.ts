/** Small things that the next visit wants to know. A browser may refuse to keep them, or even to be asked. */

/** What was kept under a key. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined // whoever blocks all storage is new at each visit
  }
}

/** Keeps a text, where the browser lets it. */
export function remember(key: string, text: string): void {
  try {
    localStorage.setItem(key, text)
  } catch {
    // the page works without it
  }
}
