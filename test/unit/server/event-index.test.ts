import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventIndex } from '../../../src/server/event-index.ts'

describe('EventIndex', () => {
  it('finds events by sender and id, and messages apart from other events', () => {
    const index = new EventIndex()
    index.add({ type: 'message', from: 'a', id: 'x', seq: 1 })
    index.add({ type: 'edit', from: 'a', id: 'y', seq: 2 })
    index.add({ type: 'message', from: 'b', id: 'x', seq: 3 })
    expect([index.find('a', 'x'), index.find('a', 'y'), index.find('b', 'y')]).toEqual([1, 2, undefined])
    expect([index.findMessage('a', 'y'), index.findMessageOfAnyone('x'), index.size]).toEqual([undefined, 1, 3])
  })

  it('knows who sent a message in a range, as a search through all of them does', () => {
    const senders = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    fc.assert(
      fc.property(senders, fc.nat(45), fc.nat(45), (froms, after, upTo) => {
        const index = new EventIndex()
        for (const [at, from] of froms.entries()) index.add({ type: 'message', from, id: String(at), seq: at + 1 })
        const found = new Set<string>()
        index.collectSenders(after, upTo, found)
        expect([...found].sort()).toEqual([...new Set(froms.slice(after, Math.max(after, upTo)))].sort())
      }),
    )
  })
})
