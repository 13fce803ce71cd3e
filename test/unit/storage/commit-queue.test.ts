import { describe, expect, test } from 'vitest'
import { CommitQueue } from '../../../src/storage/commit-queue.ts'
import { settled } from '../../support/manual-clock.ts'

/** A queue whose groups are committed when the test says so. */
function heldQueue() {
  const groups: { readonly items: readonly string[]; readonly finish: (failure?: Error) => void }[] = []
  const queue = new CommitQueue<string, string>(
    items =>
      new Promise((resolve, reject) => {
        const finish = (failure?: Error) => (failure ? reject(failure) : resolve(items.map(item => `${item}!`)))
        groups.push({ items, finish })
      }),
  )
  return { queue, groups }
}

describe('A commit queue', () => {
  test('commits what one turn added as one group', async () => {
    const { queue, groups } = heldQueue()
    const results = Promise.all([queue.add('a'), queue.add('b')])
    await settled()
    expect(groups.map(({ items }) => items)).toEqual([['a', 'b']])
    groups[0]?.finish()
    await expect(results).resolves.toEqual(['a!', 'b!'])
  })

  test('gathers the next group while one is being committed, and never commits two at once', async () => {
    const { queue, groups } = heldQueue()
    const results = [queue.add('a')]
    await settled()
    results.push(queue.add('b'), queue.add('c'))
    await settled()
    expect(groups).toHaveLength(1)
    groups[0]?.finish()
    await settled()
    expect(groups[1]?.items).toEqual(['b', 'c'])
    groups[1]?.finish()
    await expect(Promise.all(results)).resolves.toEqual(['a!', 'b!', 'c!'])
  })

  test('settles in the order of the calls', async () => {
    const { queue, groups } = heldQueue()
    const order: string[] = []
    for (const item of ['a', 'b', 'c']) void queue.add(item).then(result => order.push(result))
    await settled()
    groups[0]?.finish()
    await settled()
    expect(order).toEqual(['a!', 'b!', 'c!'])
  })

  test('rejects the whole group of a failure, and commits the next', async () => {
    const { queue, groups } = heldQueue()
    const failed = [queue.add('a'), queue.add('b')].map(promise => promise.catch((error: Error) => error.message))
    await settled()
    const next = queue.add('c')
    groups[0]?.finish(new Error('disk'))
    await expect(Promise.all(failed)).resolves.toEqual(['disk', 'disk'])
    await settled()
    groups[1]?.finish()
    await expect(next).resolves.toBe('c!')
  })

  test('is idle when nothing waits and nothing is being committed', async () => {
    const { queue, groups } = heldQueue()
    await queue.idle()
    void queue.add('a')
    let idle = false
    const waiting = queue.idle().then(() => {
      idle = true
    })
    await settled()
    expect(idle).toBe(false)
    groups[0]?.finish()
    await waiting
    expect(idle).toBe(true)
  })
})
