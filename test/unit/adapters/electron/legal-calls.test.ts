/** What a client may be called with in the process that owns the workspace it may be called with in a window. */
import { describe, expect, it } from 'vitest'
import { AppWorld } from '../../../support/app-world.ts'

/** Values nested within values, around one. */
const nested = (depth: number, around: (value: unknown) => unknown): unknown =>
  depth === 0 ? new Date(0) : around(nested(depth - 1, around))

describe('A client in a window', () => {
  it.each<[string, unknown]>([
    [
      'maps, dates and bigints',
      new Map<string, unknown>([
        ['a', new Date(5)],
        ['b', [1n, undefined, Number.NaN]],
      ]),
    ],
    ['what looks like a mark', { $undefined: true, $error: { name: 'a', message: 'b' }, data: { $data: 5 } }],
    ['nothing', null],
    ['lists, as deep as they may be', nested(99, value => [value])],
    ['maps, as deep as they may be', nested(49, value => new Map([['k', value]]))],
    ['sets, as deep as they may be', nested(99, value => new Set([value]))],
  ])('sends %s as any client does', async (_, data) => {
    const app = await AppWorld.start()
    await app.world.join('bob')
    const sent = await app.owner.sendMessage({ to: 'bob', text: 'x', data })
    const there = await app.client(app.window()).sendMessage({ to: 'bob', text: 'x', data })
    expect(there.data).toEqual(sent.data)
  })
})
