/** Sealed values: what was written, or nothing. */
import fc from 'fast-check'
import { createStorage } from 'unstorage'
import { describe, expect, test } from 'vitest'
import { seal, unseal } from '../../../../adapters/unstorage/sealed.ts'

const BODY = '[["state","cursor"],{"seq":12}]'

describe('A sealed value', () => {
  test('comes back as it was, through unstorage as well', async () => {
    const storage = createStorage()
    await fc.assert(
      fc.asyncProperty(fc.json(), async body => {
        await storage.setItem('place', seal('place', body))
        expect(unseal('place', await storage.getItem('place'))).toBe(body)
      }),
    )
  })

  test('is nothing under another name', () => {
    expect(unseal('b', seal('a', BODY))).toBeUndefined()
  })

  test('is nothing where it is cut off, anywhere', () => {
    const whole = seal('a', BODY)
    for (let end = 0; end < whole.length; end++) expect(unseal('a', whole.slice(0, end))).toBeUndefined()
  })

  test('is nothing where it is a mixture of two', () => {
    const [one, other] = [seal('a', BODY), seal('a', BODY.replace('12', '34'))]
    for (let at = 1; at < one.length; at++) {
      const mixed = one.slice(0, at) + other.slice(at)
      if (mixed !== one && mixed !== other) expect(unseal('a', mixed)).toBeUndefined()
    }
  })

  test.each([null, 5, '', 'true', BODY, {}])('is not %j', value => {
    expect(unseal('a', value)).toBeUndefined()
  })
})
