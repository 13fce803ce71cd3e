import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Encryption, TokenSafe } from '../../../../playground/desktop/token-safe.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const YOU = { workspace: 'you', agentId: 'you', server: 'http://127.0.0.1:8080' }

/** Turns the bits around: enough to see that nothing is written in the clear. */
const turned = (bytes: Uint8Array) => Buffer.from(bytes.map(byte => byte ^ 0xff))
const ENCRYPTION: Encryption = {
  isEncryptionAvailable: () => true,
  encryptString: text => turned(Buffer.from(text)),
  decryptString: encrypted => turned(encrypted).toString(),
}

async function safeIn(folder: string, encryption: Partial<Encryption> = {}): Promise<TokenSafe> {
  return new TokenSafe({ folder, encryption: { ...ENCRYPTION, ...encryption } })
}

describe('A safe of tokens', () => {
  it('knows nothing at first', async () => {
    expect(await (await safeIn(await temporaryFolder())).get(YOU)).toBe('')
  })

  it('keeps a token for the next start, encrypted, for this user only', async () => {
    const folder = join(await temporaryFolder(), 'tokens')
    await (await safeIn(folder)).set(YOU, 'a secret')
    expect(await (await safeIn(folder)).get(YOU)).toBe('a secret')
    const [name = '', ...others] = await readdir(folder)
    expect([name, others]).toEqual(['you.token', []])
    expect(await readFile(join(folder, name), 'latin1')).not.toMatch(/secret/)
    if (process.platform === 'win32') return
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['no encryption', { isEncryptionAvailable: () => false }],
    ['no keyring', { getSelectedStorageBackend: () => 'basic_text' }],
    ['an unknown one', { getSelectedStorageBackend: () => 'unknown' }],
  ])('keeps it in memory only where there is %s', async (_, encryption) => {
    const folder = await temporaryFolder()
    await (await safeIn(folder)).set(YOU, 'an older one')
    const safe = await safeIn(folder, encryption)
    await safe.set(YOU, 'a secret')
    expect(safe.isLasting).toBe(false)
    expect(await safe.get(YOU)).toBe('a secret')
    expect(await readdir(folder)).toEqual([])
  })

  it('gives it to no other account and no other server', async () => {
    const folder = await temporaryFolder()
    await (await safeIn(folder)).set(YOU, 'a secret')
    const safe = await safeIn(folder)
    expect(await safe.get({ ...YOU, server: 'http://evil.example' })).toBe('')
    expect(await safe.get({ ...YOU, agentId: 'eve' })).toBe('')
    expect(await safe.get(YOU)).toBe('a secret')
  })

  it('forgets it, here and for the next start', async () => {
    const folder = await temporaryFolder()
    const safe = await safeIn(folder)
    await safe.set(YOU, 'a secret')
    await safe.delete(YOU)
    expect(await safe.get(YOU)).toBe('')
    expect(await readdir(folder)).toEqual([])
  })

  it('takes a file that is damaged for none', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'you.token'), 'x')
    expect(await (await safeIn(folder)).get(YOU)).toBe('')
  })

  it('keeps a token in memory where the disk takes nothing', async () => {
    const folder = join(await temporaryFolder(), 'file')
    await writeFile(folder, '')
    const safe = await safeIn(folder)
    await safe.set(YOU, 'a secret')
    expect(await safe.get(YOU)).toBe('a secret')
  })
})
