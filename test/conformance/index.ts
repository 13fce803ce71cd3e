/**
 * `im-client/conformance`: the promises of the storage contract as data, to be run against any adapter in the runtime it
 * is for. Knows no test runner and no runtime's API.
 */
export type { ConformanceCase, ConformanceSubject, StoragePlace } from './case.ts'
export { ConformanceFailure } from './expect.ts'
export { type ConformanceOutcome, type ConformanceReport, runConformance } from './run.ts'
export { storageConformance } from './suite.ts'
