/** Addresses of screens. */
import { describe, expect, test } from 'vitest'
import { parseRoute, type Route, routeHash } from '../../../../playground/console/src/route.ts'

describe('An address', () => {
  test.each<Route>([
    { section: 'chats' },
    { section: 'chats', id: 'bob' },
    { section: 'chats', id: 'a/b?c#d 你好 %', seq: 7 },
    { section: 'queue', id: 'employee' },
  ])('of %j leads back there', route => expect(parseRoute(routeHash(route))).toEqual(route))

  test.each(['', '#', '#/', '#/nowhere', '#chats'])('%j leads to the conversations', hash => {
    expect(parseRoute(hash)).toEqual({ section: 'chats' })
  })

  test('typed by hand is taken as it is', () => {
    expect(parseRoute('#/chats/100%')).toEqual({ section: 'chats', id: '100%' })
    expect(parseRoute('#/chats/bob?seq=-1')).toEqual({ section: 'chats', id: 'bob' })
  })
})
