/** What makes a region that scrolls reachable by keys. */
export const SCROLLABLE = { tabIndex: 0 } as const
