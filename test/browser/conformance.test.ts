/** The IndexedDB adapter keeps every promise of the storage contract in a real browser. Cases wait for disks: several run at once. */
import { describe, test } from 'vitest'
import { storageConformance } from '../conformance/index.ts'
import { subject } from './subject.ts'

/** Bounds a test that hangs; a machine shared by many may take this long. */
const TIMEOUT_MS = 120_000

describe.concurrent.each(['strict', 'relaxed'] as const)('IndexedDB storage, %s', durability => {
  for (const { name, run } of storageConformance) test(name, () => run(subject({ durability })), TIMEOUT_MS)
})
