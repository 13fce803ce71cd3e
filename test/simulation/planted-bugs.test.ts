/** The simulation can find what it looks for: each planted bug, within a stated number of schedules. */
import { beforeAll, describe, expect, it } from 'vitest'
import { mutate } from './bundle.ts'
import { bundleWith, schedulesUntilFound } from './measure-planted.ts'
import { PLANTED_BUGS } from './planted-bugs.ts'
import { bundleFolder, ROOT } from './temporary-program.ts'

/** Where each search begins. */
const FIRST_SEED = 3000

const TIME_MS = 240_000

let folder: string
beforeAll(async () => {
  folder = await bundleFolder()
})

describe.concurrent('A planted bug', () => {
  it.each(PLANTED_BUGS)('is found within $within schedules: $name', { timeout: TIME_MS }, async bug => {
    const program = await bundleWith(bug, { root: ROOT, folder })
    expect(await schedulesUntilFound(program, FIRST_SEED, bug.within)).toBeLessThanOrEqual(bug.within)
  })
})

describe('Planting', () => {
  it('refuses a place that the source does not have exactly once', () => {
    const mutation = { file: 'a.ts', find: 'b', replace: 'c' }
    expect(mutate('abd', mutation)).toBe('acd')
    expect(() => mutate('a', mutation)).toThrow('0 times')
    expect(() => mutate('bb', mutation)).toThrow('2 times')
  })
})
