import { describe, expect, it } from 'vitest'
import {
  conversationKey,
  decodeMembership,
  directKey,
  directMembership,
  encodeMembership,
  type Membership,
  visibleSpan,
  withAdded,
  withRemoved,
} from '../../../src/server/membership.ts'

const group: Membership = {
  kind: 'group',
  title: '群',
  createdBy: 'a',
  createdAs: 'g',
  members: new Map([
    ['a', 1],
    ['__proto__', 4],
  ]),
  former: new Map([['c', { first: 1, last: 6 }]]),
}

describe('Membership', () => {
  it('is stored and read back unchanged, whatever accounts are called', () => {
    for (const membership of [group, directMembership('a', 'b', 'm'), withRemoved(group, ['__proto__'], 9)]) {
      expect(decodeMembership(JSON.parse(JSON.stringify(encodeMembership(membership))))).toEqual(membership)
    }
  })

  it('says what each may see: from joining on, up to the removal, or nothing', () => {
    expect(visibleSpan(group, '__proto__')).toMatchObject({ first: 4 })
    expect(visibleSpan(group, 'c')).toEqual({ first: 1, last: 6 })
    expect(visibleSpan(group, 'constructor')).toBeUndefined()
  })

  it('lets one that comes back see on from its first joining', () => {
    const back = withAdded(withRemoved(group, ['__proto__'], 9), ['__proto__', 'd'], 12)
    expect([...back.members]).toEqual([
      ['a', 1],
      ['__proto__', 4],
      ['d', 12],
    ])
    expect(back.former.has('__proto__')).toBe(false)
  })

  it('does not change the value that it began with', () => {
    withRemoved(group, ['a'], 9)
    withAdded(group, ['x'], 9)
    expect([...group.members.keys(), ...group.former.keys()]).toEqual(['a', '__proto__', 'c'])
  })
})

describe('The key of a direct conversation', () => {
  it('is the same from both sides, and different for every pair', () => {
    expect(conversationKey('a', 'b')).toBe(conversationKey('b', 'a'))
    const keys = [directKey('a', 'b'), directKey('a,b', ''), directKey('a","b', 'c'), directKey('a', 'b","c')]
    expect(new Set(keys).size).toBe(keys.length)
    expect(conversationKey('a', 'group-1')).toBe('group-1')
  })
})
