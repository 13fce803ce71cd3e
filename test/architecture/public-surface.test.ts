/** The names that other programs rely on are pinned in a file that is reviewed. */
import { describe, expect, test } from 'vitest'
import { entryPoints, publicSurface } from './exports.ts'

const surface = publicSurface()

describe('The public surface', () => {
  test('is what public-surface.txt says; after a review, renew it with "npm run surface"', async () => {
    await expect(surface).toMatchFileSnapshot('./public-surface.txt')
  })

  test('names the class that everything begins with', () => {
    expect(surface).toContain('IMClient: class')
    expect(surface).toContain('fsStorage: function')
    expect(surface).toContain('storageConformance: value')
  })

  test.each([...entryPoints().keys()])('of %s shadows no global', name => {
    const part = surface.split('\n\n').find(text => text.startsWith(`${name}\n`)) ?? ''
    const names = [...part.matchAll(/^ {2}(\w+):/gm)].map(match => match[1] ?? '')
    expect(names.length).toBeGreaterThan(0)
    const shadowing = ['Error', 'Event', 'Storage', 'Notification', 'Lock', 'Request', 'Response', 'Document', 'Node']
    expect(names.filter(exported => exported in globalThis || shadowing.includes(exported))).toEqual([])
  })
})
