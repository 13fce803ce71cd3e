import { describe, expect, it } from 'vitest'
import { createToken, verifyToken } from '../../../src/server/index.ts'

const KEY = new Uint8Array(32).fill(1)
const verify = (token: string, more: object = {}) => verifyToken(KEY, { agentId: '爱丽丝', token, now: 1000, ...more })

describe('A token', () => {
  it('is valid for its account until it expires', async () => {
    expect(await verify(await createToken(KEY, { agentId: '爱丽丝' }))).toBe('valid')
    const token = await createToken(KEY, { agentId: '爱丽丝', expiresAt: 2000 })
    expect([await verify(token, { now: 1999 }), await verify(token, { now: 2000 })]).toEqual(['valid', 'expired'])
  })

  it('is of no use to another account or at another server', async () => {
    const token = await createToken(KEY, { agentId: 'bob' })
    expect(await verify(token)).toBe('for another account')
    const foreign = await createToken(new Uint8Array(32), { agentId: '爱丽丝' })
    expect(await verify(foreign)).toBe('not signed by this server')
  })

  it('is not valid any more when any of its characters was changed', async () => {
    const token = await createToken(KEY, { agentId: '爱丽丝', expiresAt: 2000 })
    for (let index = 0; index < token.length - 1; index++) {
      const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1)
      expect(await verify(changed)).not.toBe('valid')
    }
  })

  it.each(['', '.', '..', 'im1', 'im1..', 'im1.e30.', 'im1.e30.%%%', 'a.b.c', 'im1.e30.AA.AA'])(
    'is not made of %o',
    async token => {
      expect(['malformed', 'not signed by this server']).toContain(await verify(token))
    },
  )

  it('is not signed with a short key', async () => {
    await expect(createToken(new Uint8Array(31), { agentId: 'a' })).rejects.toThrow(TypeError)
  })
})
