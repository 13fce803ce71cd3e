/** How accounts are shown. */
import { describe, expect, test } from 'vitest'
import { colourOf, initialsOf } from '../../../../../playground/console/src/directory/avatar.tsx'

describe('A name', () => {
  test.each([
    ['Ada Lovelace', 'AL'],
    ['mei.lin', 'ML'],
    ['echo', 'EC'],
    ['林梅', '梅'],
    ['𠮷野', '野'],
    ['…', '?'],
  ])('%s has the initials %s', (name, initials) => expect(initialsOf(name)).toBe(initials))

  test('always has the same colour', () => {
    expect(colourOf('echo')).toBe(colourOf('echo'))
    const colours = new Set(Array.from({ length: 100 }, (_, index) => colourOf(`agent-${index}`)))
    expect(colours.size).toBe(8)
  })
})
