/** The server's key for tokens: a file that only its owner may read, made when it is first needed. */
import { randomBytes, randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { IMError } from '../../src/index.ts'
import { MIN_TOKEN_KEY_BYTES } from '../../src/server/index.ts'

/** The name of the key's file in the server's data folder. */
const KEY_FILE = 'server.key'

const FILE_MODE = 0o600

/** The bits of a mode that let anybody but the owner in. */
const OTHERS = 0o077

/**
 * The key of the server whose data is in this folder; a new one where there is none yet. The file holds it as hex.
 * A file that others could read is made its owner's alone, with a warning of the process; whoever may not do that may not use the key either.
 * @throws IMError `STORAGE_DAMAGED` where the file does not hold a key; the system's error where its mode cannot be set
 */
export async function readTokenKey(dataPath: string): Promise<Uint8Array> {
  await mkdir(dataPath, { recursive: true, mode: 0o700 })
  const path = join(dataPath, KEY_FILE)
  const file = await openKeyFile(path)
  const key = await readKey(file, path).finally(() => file.close())
  if (key.length >= MIN_TOKEN_KEY_BYTES) return key
  throw new IMError(
    'STORAGE_DAMAGED',
    `${path} does not hold a token key. Remove it to make a new one; old tokens end.`,
  )
}

async function openKeyFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await createKeyFile(path)
    return open(path, 'r')
  }
}

async function readKey(file: FileHandle, path: string): Promise<Uint8Array> {
  const { mode } = await file.stat()
  if (mode & OTHERS && process.platform !== 'win32') {
    await file.chmod(FILE_MODE)
    process.emitWarning(
      `${path} was open to other users of this machine; now it is not. Remove it if one may have read it.`,
    )
  }
  return Uint8Array.from(Buffer.from((await file.readFile('utf8')).trim(), 'hex'))
}

/** Never overwrites, and is never seen half-written: two processes that start at once end up with the same key. */
async function createKeyFile(path: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', FILE_MODE)
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
  await syncFolder(dirname(path))
}

/** Otherwise a power cut could take the key, and every token with it, away again. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return // has no folders that can be opened
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
