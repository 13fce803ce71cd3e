/** `im-client/adapters/fs`: storage in a workspace folder, on Node. */
export { type Examination, type ExaminationOptions, type ExaminedLog, examineWorkspace } from './examination.ts'
export type { Finding } from './finding.ts'
export { type FsStorageOptions, fsStorage } from './fs-storage.ts'
export { ownerOf } from './owner.ts'
