/** What one party may know of the others. */
import type { Disk } from '../disk/disk.ts'

/** See the head of this file. */
export interface World {
  /** The id of the group of all, once it was made. */
  groupId: string | undefined
  /** Names of all clients. */
  readonly clients: readonly string[]
  /** Every disk that the server had. */
  readonly serverDisks: readonly Disk[]
  diskOf(client: string): Disk | undefined
  roleOf(client: string): string | undefined
}
