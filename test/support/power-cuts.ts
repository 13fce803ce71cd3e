/**
 * Cuts the power of a disk while a program writes to it. The disk is a file on an XFS that can share blocks: a copy of the
 * file is what a power cut at that moment would have left, and is mounted as after a start of the machine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fsStorage } from '../../adapters/fs/index.ts'
import type { KillLoop } from './kill-loop.ts'
import { Mounts, run, whyNoMounts } from './mounts.ts'
import { checkBatches } from './numbered-batches.ts'
import type { SeededRandom } from './seeded-random.ts'

const MIB = 1024 * 1024

/** The least that `mkfs.xfs` takes. */
const OUTER_BYTES = 1024 * MIB
const INNER_BYTES = { ext4: 64 * MIB, xfs: 320 * MIB }

/** The journal is emptied often: a cut meets each of its steps. */
const CHECKPOINT_LENGTH = 100_000

/** A cut comes at most this long after the one before. */
const MOST_MS = 400

/** What a power cut left. */
export interface PowerCut {
  /** The last batch that was acknowledged before the power went. */
  readonly acknowledged: number
  /** How many batches are there. */
  readonly found: number
}

/** Which disk, and what its writer promises. */
export interface PowerCutOptions {
  readonly fileSystem: 'ext4' | 'xfs'
  readonly durability: 'strict' | 'relaxed'
  readonly random: SeededRandom
}

/** Why no power can be cut here, or `undefined` where it can. */
export function whyNoPowerCuts(): string | undefined {
  const why = whyNoMounts()
  if (why) return why
  try {
    for (const [program = '', ...args] of [
      ['mkfs.xfs', '-V'],
      ['mkfs.ext4', '-V'],
      ['losetup', '-f'],
    ])
      run(program, ...args)
    return undefined
  } catch (error) {
    return `a program or a loop device is missing: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

/** A disk is full at some time, since its writer never ends. */
const CUTS_OF_ONE_DISK = 25

/** Cuts the power again and again, of one disk after the other, ext4 and XFS. @throws AssertionError where anything is lost */
export async function cutPower({
  kills,
  random,
  onKill,
  onEnd,
}: KillLoop): Promise<{ cuts: number; acknowledged: number }> {
  const why = whyNoPowerCuts()
  if (why) throw new Error(`No power can be cut here: ${why}`)
  let acknowledged = 0
  for (let cut = 0; cut < kills; ) {
    const fileSystem = (cut / CUTS_OF_ONE_DISK) % 2 === 0 ? 'ext4' : 'xfs'
    const disk = new PoweredDisk({ fileSystem, durability: 'strict', random })
    onEnd(() => disk.end())
    await disk.start()
    let last = 0
    for (let turn = 0; turn < CUTS_OF_ONE_DISK && cut < kills; turn++) {
      last = (await disk.cut()).acknowledged
      onKill?.(++cut)
    }
    acknowledged += last
    await disk.end()
  }
  return { cuts: kills, acknowledged }
}

/** A disk with a program that writes to it without end. */
export class PoweredDisk {
  readonly #mounts = new Mounts()
  readonly #options: PowerCutOptions
  readonly #image: string
  readonly #outer: string
  #writer: ChildProcess | undefined
  #acknowledged = 0

  constructor(options: PowerCutOptions) {
    this.#options = options
    const outerImage = join(this.#mounts.folder, 'outer.img')
    emptyFile(outerImage, OUTER_BYTES)
    run('mkfs.xfs', '-q', '-m', 'reflink=1', outerImage)
    this.#outer = this.#mounts.mount('outer', '-o', 'loop', outerImage)
    this.#image = join(this.#outer, 'disk.img')
    emptyFile(this.#image, INNER_BYTES[options.fileSystem])
    run(`mkfs.${options.fileSystem}`, '-q', this.#image)
  }

  /** Mounts the disk and starts the writer. Resolves when it has acknowledged something. */
  async start(): Promise<void> {
    const disk = this.#mounts.mount('disk', '-o', 'loop', this.#image)
    const program = resolve('dist/test/support/programs/write-without-end.js')
    const args = [program, join(disk, 'workspace'), '1', String(CHECKPOINT_LENGTH), this.#options.durability]
    const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#writer = writer
    const lines = createInterface(writer.stdout)
    lines.on('line', line => {
      if (/^\d+$/.test(line)) this.#acknowledged = Math.max(this.#acknowledged, Number(line))
    })
    while (this.#acknowledged === 0) await once(lines, 'line')
  }

  /**
   * Cuts the power after a while; the writer goes on as if nothing had been.
   * @throws AssertionError with `strict`, where what is left is no prefix of what was written, or lacks what was acknowledged
   */
  async cut(): Promise<PowerCut> {
    await setTimeout(this.#options.random.integer(0, MOST_MS))
    const acknowledged = this.#acknowledged
    const copy = join(this.#outer, 'cut.img')
    run('cp', '--reflink=always', this.#image, copy)
    const uuid = this.#options.fileSystem === 'xfs' ? ',nouuid' : '' // the disk itself is still mounted
    const left = this.#mounts.mount('left', '-o', `loop${uuid}`, copy)
    try {
      const workspace = join(left, 'workspace')
      rmSync(join(workspace, 'im_client/owner.lock'), { force: true }) // its process is gone with the power
      return { acknowledged, found: await this.#check(workspace, acknowledged) }
    } finally {
      this.#mounts.unmount(left)
      rmSync(copy)
    }
  }

  /** Ends the writer, unmounts everything and takes it away. Safe to call twice. */
  async end(): Promise<void> {
    const writer = this.#writer
    if (writer && writer.exitCode === null) {
      const ended = once(writer, 'exit')
      writer.kill('SIGKILL')
      await ended
    }
    this.#mounts.end()
  }

  async #check(workspace: string, acknowledged: number): Promise<number> {
    const storage = fsStorage(workspace)
    await storage.open()
    try {
      if (this.#options.durability === 'strict') return await checkBatches(storage, acknowledged)
      return (await storage.list(['events'])).length // promises nothing: what is there is counted
    } finally {
      await storage.close()
    }
  }
}

function emptyFile(path: string, bytes: number): void {
  writeFileSync(path, '')
  truncateSync(path, bytes)
}
