/** The suite is proved by adapters that each break one promise: every case must notice at least one of them. */
import { describe, expect, test } from 'vitest'
import { memoryDisk, memoryStorage } from '../../../src/index.ts'
import { type ConformanceCase, runConformance, storageConformance } from '../../conformance/index.ts'
import { brokenSubject, type Fault } from './broken-adapter.ts'
import { brokenLives } from './broken-lives.ts'
import { brokenReads } from './broken-reads.ts'
import { brokenWrites } from './broken-writes.ts'

const faults: readonly Fault[] = [...brokenWrites, ...brokenReads, ...brokenLives]

function casesOf(beginning: string): ConformanceCase[] {
  return storageConformance.filter(({ name }) => name.startsWith(beginning))
}

describe('The conformance suite catches an adapter that', () => {
  for (const fault of faults) {
    test(fault.name, async () => {
      for (const beginning of fault.caughtBy) {
        const { passed, failed } = await runConformance(brokenSubject(fault), casesOf(beginning))
        expect({ beginning, passedAll: failed === 0 && passed > 0, any: passed + failed > 0 }).toEqual({
          beginning,
          passedAll: false,
          any: true,
        })
      }
    })
  }
})

describe('The conformance suite', () => {
  test('has no case that no broken adapter fails', () => {
    const caught = new Set(faults.flatMap(fault => fault.caughtBy.flatMap(casesOf)).map(({ name }) => name))
    expect(storageConformance.map(({ name }) => name).filter(name => !caught.has(name))).toEqual([])
  })

  test('names each case once', () => {
    const names = storageConformance.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('runConformance', () => {
  test('reports what became of each case and goes on after one that failed', async () => {
    const cases: ConformanceCase[] = [
      { name: 'fails', run: () => Promise.reject(new Error('as it should')) },
      { name: 'passes', run: async () => undefined },
    ]
    const disk = memoryDisk()
    const subject = { create: async () => ({ adapter: () => memoryStorage(disk), dispose: async () => undefined }) }
    const report = await runConformance(subject, cases)
    expect(report).toMatchObject({
      passed: 1,
      failed: 1,
      outcomes: [
        { name: 'fails', passed: false },
        { name: 'passes', passed: true },
      ],
    })
  })
})
