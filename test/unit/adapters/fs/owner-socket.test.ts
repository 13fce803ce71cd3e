import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, readdir, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Port } from 'im-client'
import { expect, onTestFinished, test } from 'vitest'
import { nodeFileSystem } from '../../../../adapters/fs/file-system.ts'
import { fsStorage } from '../../../../adapters/fs/index.ts'
import { OwnerSocket } from '../../../../adapters/fs/owner-socket.ts'
import { startProgram } from '../../../support/killable-program.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function socketIn(root: string, platform: NodeJS.Platform = process.platform) {
  return new OwnerSocket({ root, fileSystem: nodeFileSystem, confirm: async () => undefined, platform })
}

/** An owner that sends every text back, and a text of its own at first. */
async function echoing(socket: OwnerSocket): Promise<() => Promise<void>> {
  const stop = await socket.listen(port => {
    port.send('welcome')
    return { onText: text => port.send(`echo ${text}`), onClose: () => {} }
  })
  onTestFinished(stop)
  return stop
}

/** A view that keeps what it hears. */
async function listening(socket: OwnerSocket) {
  const heard: string[] = []
  let close = () => {}
  const closed = new Promise<void>(resolve => {
    close = resolve
  })
  const port = await socket.connect({ onText: text => heard.push(text), onClose: () => close() })
  const until = async (count: number) => {
    while (heard.length < count) await new Promise(resolve => setTimeout(resolve, 2))
    return heard
  }
  onTestFinished(() => port?.close())
  return { port: port as Port, closed, until }
}

test('Owner socket: carries texts of any length and any character, in order', async () => {
  const root = await temporaryFolder()
  await echoing(socketIn(root))
  const { port, until } = await listening(socketIn(root))
  const texts = ['', '你好\u2028\\n', 'x'.repeat(3_000_000), '🙂'.repeat(70_000)]
  for (const text of texts) port.send(text)
  expect(await until(5)).toEqual(['welcome', ...texts.map(text => `echo ${text}`)])
})

test('Owner socket: whoever waits for a text goes on before the next is told', async () => {
  const root = await temporaryFolder()
  await echoing(socketIn(root))
  const told: string[] = []
  const ended = new Promise<void>(resolve => {
    const afterSome = async (text: string) => {
      for (let hop = 0; hop < 30; hop++) await undefined
      told.push(`after ${text}`)
      if (text === 'echo 2') resolve()
    }
    const onText = (text: string) => {
      told.push(text)
      void afterSome(text)
    }
    void socketIn(root)
      .connect({ onText, onClose: () => {} })
      .then(port => {
        onTestFinished(() => port?.close())
        for (const text of ['1', '2']) port?.send(text)
      })
  })
  await ended
  expect(told).toEqual(['welcome', 'echo 1', 'echo 2'].flatMap(text => [text, `after ${text}`]))
})

test('Owner socket: is for its owner only, and is gone when the owner has closed', async () => {
  const root = await temporaryFolder()
  const stop = await echoing(socketIn(root))
  expect((await lstat(join(root, 'owner.sock'))).mode & 0o777).toBe(0o600)
  const { closed } = await listening(socketIn(root))
  await stop()
  await closed
  expect(await readdir(root)).toEqual([])
  expect(await socketIn(root).connect({ onText: () => {}, onClose: () => {} })).toBeUndefined()
})

test.each(['linux', 'darwin'] as const)(
  'Owner socket: a path longer than a socket may have works on %s',
  async platform => {
    const root = join(await temporaryFolder(), ...Array.from({ length: 6 }, () => 'a-rather-long-name-of-a-folder'))
    await mkdir(root, { recursive: true })
    const stop = await echoing(socketIn(root, platform))
    const { until } = await listening(socketIn(root, platform))
    expect(await until(1)).toEqual(['welcome'])
    await stop()
    expect(await readdir(root)).toEqual([])
  },
)

test('Owner socket: what a dead owner has left is taken for nobody, and replaced', async () => {
  const root = await temporaryFolder()
  await new Promise<void>(resolve => {
    const dead = createServer().listen(join(root, 'elsewhere.sock'), () => {
      void symlink('elsewhere.sock', join(root, 'owner.sock')).then(() => dead.close(() => resolve()))
    })
  })
  expect(await socketIn(root).connect({ onText: () => {}, onClose: () => {} })).toBeUndefined()
  await echoing(socketIn(root))
  expect(await (await listening(socketIn(root))).until(1)).toEqual(['welcome'])
})

test('Owner socket: an owner that is killed while many connect is taken for nobody', async () => {
  const root = await temporaryFolder()
  for (let round = 0; round < 8; round++) {
    const path = join(root, 'owner.sock')
    await nodeFileSystem.rm(path, { force: true })
    const listen = `require('node:net').createServer(() => {}).listen(${JSON.stringify(path)}, () => console.log('listens'))`
    const owner = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void owner.kill('SIGKILL'))
    await once(owner.stdout, 'data')
    let isThere = true
    setTimeout(() => owner.kill('SIGKILL'), 5)
    while (isThere) {
      const knock = () => socketIn(root).connect({ onText: () => {}, onClose: () => {} })
      for (const port of await Promise.allSettled(Array.from({ length: 50 }, knock))) {
        if (port.status === 'rejected') {
          expect(port.reason).toMatchObject({ code: 'STORAGE_LOCKED' }) // on a busy machine it accepts nobody before it is killed
          continue
        }
        port.value?.close()
        isThere &&= port.value !== undefined
      }
    }
  }
})

test('Owner socket: a former owner that closes late takes nothing away from the present one', async () => {
  const root = await temporaryFolder()
  let isFenced = false
  const former = new OwnerSocket({
    root,
    fileSystem: nodeFileSystem,
    confirm: async () => {
      if (isFenced) throw new Error('fenced')
    },
  })
  const stopFormer = await echoing(former)
  isFenced = true
  await echoing(socketIn(root))
  await stopFormer()
  expect(await (await listening(socketIn(root))).until(1)).toEqual(['welcome'])
})

test('Kernel lock: a workspace is refused by any of its names, also where its owner.lock was taken away', async () => {
  const path = await temporaryFolder()
  const owner = fsStorage(path)
  await owner.open()
  onTestFinished(() => owner.close())
  const other = join(await temporaryFolder(), 'another-name')
  await symlink(path, other)
  await nodeFileSystem.rm(join(path, 'im_client', 'owner.lock'))
  await expect(fsStorage(other).open()).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  await owner.close()
  const next = fsStorage(other)
  await next.open()
  await next.close()
})

test('Kernel lock: the workers of a cluster have no claim in common', async () => {
  const program = startProgram('cluster-owners', await temporaryFolder())
  expect([(await program.lines.next()).value, (await program.lines.next()).value]).toEqual(['opened', 'STORAGE_LOCKED'])
})
