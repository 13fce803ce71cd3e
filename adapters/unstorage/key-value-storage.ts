/** What this adapter needs of unstorage: the part of its `Storage` that 1.x and 2.x share, so that neither is imported. */

/** A driver, as far as it tells of itself. */
export interface KeyValueDriver {
  readonly name?: string | undefined
  /** Only its presence is asked for. */
  readonly setItem?: unknown
  readonly removeItem?: unknown
  readonly options?: unknown
}

/** A driver and the keys that it is for. */
export interface KeyValueMount {
  readonly base: string
  readonly driver: KeyValueDriver
}

/** A `Storage` of unstorage, from `createStorage` or `prefixStorage`. */
export interface KeyValueStorage {
  getItem(key: string): Promise<unknown>
  getItems(items: string[]): Promise<readonly { readonly key: string; readonly value: unknown }[]>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
  getKeys(base?: string): Promise<readonly string[]>
  getMount(key?: string): KeyValueMount
  getMounts(base?: string, options?: { parents?: boolean }): readonly KeyValueMount[]
}
