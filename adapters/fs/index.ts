/** `im-client/adapters/fs`: storage in a workspace folder, on Node. */
export { type FsStorageOptions, fsStorage } from './fs-storage.ts'
