/**
 * The claim on a workspace: `owner.lock`. A claim is made by a link, which succeeds for one; a dead owner's is taken over
 * by a rename, and whoever's claim stands after a pause has it. An owner that lost its claim finds out at `confirm`.
 */
import { dirname, join } from 'node:path'
import { type Clock, IMError } from '../../src/index.ts'
import { FILE_MODE, type FileSystem, ifExists, writeAll } from './file-system.ts'
import type { Door } from './local-socket.ts'
import type { Machine } from './machine.ts'
import { judge, type Owner, parseOwner, type Verdict } from './owner.ts'
import { pause } from './pause.ts'
import { at, hasCode } from './storage-error.ts'

/** How often an owner shows that it lives to those that cannot see its process, and when they give it up. */
const TOUCH_MS = 5_000
const STALE_MS = 20_000

/** A pause before it is tried again to give a claim up. */
const RELEASE_RETRY_MS = 1_000

/** Longer than the step from judging an owner to renaming over its claim. */
const TAKEOVER_PAUSE_MS = 20

/** A claim may change hands between two steps of ours; after so many rounds somebody else is simply faster. */
const ROUNDS = 5

/** What a claim that was taken says. */
export interface Claim {
  /** The owner that was gone, if its claim was taken over. */
  readonly former: Owner | 'unreadable' | undefined
}

interface Identity {
  readonly inode: number
  readonly modifiedMs: number
}

/** What an {@link OwnerLock} works with. */
export interface OwnerLockOptions {
  readonly owner: Owner
  /** What the claim is for: while the claim stands it stays in memory, also where its program has let go of it without closing it. */
  readonly holder: object
  readonly fileSystem: FileSystem
  readonly machine: Machine
  readonly clock: Clock
  /** Told once that the claim is lost: by the next step that needs it, or within a few seconds of being awake. */
  readonly onLost?: ((error: IMError) => void) | undefined
}

/** See the head of this file. */
export class OwnerLock {
  readonly owner: Owner
  /** What the claim is for. Only this keeps it in memory: its files would be closed as garbage, in a later Node with an error. */
  readonly holder: object
  readonly #path: string
  readonly #fileSystem: FileSystem
  readonly #machine: Machine
  readonly #clock: Clock
  readonly #onLost: (error: IMError) => void
  #seen: Identity | undefined
  #lost: IMError | undefined
  #stopTouching = () => {}
  /** What the kernel gives back by itself when this process ends. */
  #held: Door | undefined

  constructor(path: string, { owner, holder, fileSystem, machine, clock, onLost = () => {} }: OwnerLockOptions) {
    this.#path = path
    this.holder = holder
    this.owner = owner
    this.#fileSystem = fileSystem
    this.#machine = machine
    this.#clock = clock
    this.#onLost = onLost
  }

  /**
   * Takes the claim if it is free or its owner is gone.
   * @throws IMError `STORAGE_LOCKED` with `{pid, host, since}`
   */
  async acquire(): Promise<Claim> {
    const held = await this.#machine.hold?.(await this.#fileSystem.stat(dirname(this.#path)))
    if (held === 'taken') throw refusal(await this.#read(), this.#path)
    this.#held = held
    try {
      return await this.#claim()
    } catch (error) {
      await this.release().catch(() => {}) // of the file, what is ours: the first failure is what is told
      throw error
    }
  }

  async #claim(): Promise<Claim> {
    const own = join(dirname(this.#path), `.tmp-claim-${this.owner.nonce}`)
    await at(this.#path, () => this.#writeOwn(own))
    try {
      const claim = await this.#take(own)
      this.#stopTouching = this.#machine.repeat(() => void this.#touch(), TOUCH_MS)
      return claim
    } catch (error) {
      await this.release().catch(() => undefined) // it may be ours already; the caller is told why it is not to be
      throw error
    } finally {
      await this.#fileSystem.rm(own, { force: true }).catch(() => undefined) // swept at the next opening
    }
  }

  /**
   * Resolves while the claim is ours. The file's inode and time tell it cheaply; its text tells it for certain.
   * @throws IMError `STORAGE_FENCED`, from then on for ever
   */
  async confirm(): Promise<void> {
    if (this.#lost) throw this.#lost
    const seen = this.#identify()
    const known = this.#seen
    if (seen && known && seen.inode === known.inode && seen.modifiedMs === known.modifiedMs) return
    const owner = await this.#read()
    if (owner?.nonce !== this.owner.nonce) throw this.#lose(owner)
    this.#seen = seen
  }

  /**
   * Gives the claim up, if it is still ours. Where the system fails this rejects, and is tried again until it has succeeded:
   * while this process lives, nobody could take the workspace from it.
   */
  async release(): Promise<void> {
    this.#stopTouching()
    try {
      await this.#giveUp()
    } catch (error) {
      const stop = this.#machine.repeat(() => void this.#giveUp().then(stop, () => undefined), RELEASE_RETRY_MS)
      throw error
    } finally {
      await this.#held?.close() // the file goes on to hold the workspace where it is still there
    }
  }

  async #giveUp(): Promise<void> {
    const owner = await this.#read()
    if (owner?.nonce === this.owner.nonce) await this.#fileSystem.rm(this.#path, { force: true })
  }

  async #take(own: string): Promise<Claim> {
    for (let round = 1; round <= ROUNDS; round++) {
      if (await this.#linkOwn(own)) return { former: undefined }
      const text = await ifExists(this.#fileSystem.readFile(this.#path, 'utf8'))
      if (text === undefined) continue
      const owner = parseOwner(text)
      const verdict = await this.#judge(owner)
      if (verdict !== 'gone') throw refusal(owner, this.#path, verdict)
      if ((await ifExists(this.#fileSystem.readFile(this.#path, 'utf8'))) !== text) continue
      await this.#fileSystem.rename(own, this.#path)
      await pause(this.#clock, TAKEOVER_PAUSE_MS)
      const winner = await this.#read()
      if (winner?.nonce !== this.owner.nonce) throw refusal(winner, this.#path)
      return { former: owner ?? 'unreadable' }
    }
    throw refusal(await this.#read(), this.#path)
  }

  /** Judges an owner; one that cannot be seen from here is gone when it has not touched its claim for a while. */
  async #judge(owner: Owner | undefined): Promise<Verdict> {
    const by = { self: this.owner, fileSystem: this.#fileSystem, machine: this.#machine }
    const verdict = owner ? await judge(owner, by) : 'unknown'
    if (verdict !== 'unknown') return verdict
    const seen = this.#identify()
    return seen !== undefined && this.#clock.now() - seen.modifiedMs > STALE_MS ? 'gone' : 'unknown'
  }

  async #writeOwn(path: string): Promise<void> {
    const handle = await this.#fileSystem.open(path, 'wx', FILE_MODE)
    try {
      await writeAll(handle, Buffer.from(`${JSON.stringify(this.owner)}\n`))
      await handle.datasync() // a claim that a power cut has torn names nobody: it would hold the workspace until it is stale
    } finally {
      await handle.close()
    }
  }

  /** Makes the claim with its text in one step. Gives whether it was free. */
  async #linkOwn(own: string): Promise<boolean> {
    try {
      await this.#fileSystem.link(own, this.#path)
      return true
    } catch (error) {
      if (hasCode(error, 'EEXIST', 'ENOENT')) return false // taken, or swept by an owner that was faster
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
      return this.#createOwn() // exFAT and some network file systems have no links
    }
  }

  async #createOwn(): Promise<boolean> {
    try {
      await this.#writeOwn(this.#path)
      return true
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false
      throw error
    }
  }

  async #touch(): Promise<void> {
    try {
      await this.confirm()
      const now = new Date(this.#clock.now())
      await this.#fileSystem.utimes(this.#path, now, now)
    } catch {
      // A lost claim is told by the next confirm; a failed touch is repeated in five seconds.
    }
  }

  /** At once: each group of writes is answered after this look, and a thread's wake-up takes a hundred times as long. */
  #identify(): Identity | undefined {
    const stat = this.#fileSystem.statSync(this.#path, { throwIfNoEntry: false })
    return stat && { inode: stat.ino, modifiedMs: stat.mtimeMs }
  }

  async #read(): Promise<Owner | undefined> {
    const text = await ifExists(this.#fileSystem.readFile(this.#path, 'utf8'))
    return text === undefined ? undefined : parseOwner(text)
  }

  #lose(owner: Owner | undefined): IMError {
    this.#stopTouching()
    const successor = owner ? `process ${owner.pid} on ${owner.host} has taken it over` : 'its owner.lock is gone'
    const lost = new IMError('STORAGE_FENCED', `This process lost its claim on the workspace: ${successor}.`)
    if (!this.#lost) this.#onLost(lost)
    this.#lost ??= lost
    return this.#lost
  }
}

function refusal(owner: Owner | undefined, path: string, verdict: Verdict = 'alive'): IMError {
  const wait = `try again ${STALE_MS / 1000} s after it ended`
  if (!owner) {
    const message = `The workspace is being taken by another process: see ${path}. If there is none, ${wait}.`
    return new IMError('STORAGE_LOCKED', message)
  }
  const { pid, host, since } = owner
  const message =
    `The workspace is in use by process ${pid} on ${host} since ${since}. ` +
    'Stop that process, or use another workspace folder.' +
    (verdict === 'unknown'
      ? ` It cannot be seen from here (another machine or container): if it is gone, ${wait}.`
      : '')
  return new IMError('STORAGE_LOCKED', message, { details: { pid, host, since } })
}
