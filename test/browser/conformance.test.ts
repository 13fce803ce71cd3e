/** The IndexedDB adapter keeps every promise of the storage contract in a real browser. */
import { describe, test } from 'vitest'
import { storageConformance } from '../conformance/index.ts'
import { subject } from './subject.ts'

/** Bounds a test that hangs; a machine shared by many may take this long. */
const TIMEOUT_MS = 120_000

describe.each(['strict', 'relaxed'] as const)('IndexedDB storage, %s', durability => {
  for (const { name, run } of storageConformance) test(name, () => run(subject({ durability })), TIMEOUT_MS)
})
