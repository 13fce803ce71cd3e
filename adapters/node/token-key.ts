/** The server's key for tokens: a file that only its owner may read, made when it is first needed. */
import { randomBytes, randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { IMError } from '../../src/index.ts'
import { MIN_TOKEN_KEY_BYTES } from '../../src/server/index.ts'

/** The name of the key's file in the server's data folder. */
const KEY_FILE = 'server.key'

/**
 * The key of the server whose data is in this folder; a new one where there is none yet. The file holds it as hex.
 * @throws IMError `STORAGE_DAMAGED` where the file does not hold a key
 */
export async function readTokenKey(dataPath: string): Promise<Uint8Array> {
  await mkdir(dataPath, { recursive: true, mode: 0o700 })
  const path = join(dataPath, KEY_FILE)
  await createKeyFile(path)
  const text = (await readFile(path, 'utf8')).trim()
  const key = Uint8Array.from(Buffer.from(text, 'hex'))
  if (key.length >= MIN_TOKEN_KEY_BYTES) return key
  throw new IMError(
    'STORAGE_DAMAGED',
    `${path} does not hold a token key. Remove it to make a new one; old tokens end.`,
  )
}

/** Never overwrites, and is never seen half-written: two processes that start at once end up with the same key. */
async function createKeyFile(path: string): Promise<void> {
  if (await exists(path)) return
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(MIN_TOKEN_KEY_BYTES).toString('hex')}\n`)
    await file.sync()
    await link(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await file.close()
    await unlink(temporary)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false // whatever hides it, the attempt to make it tells
  }
}
