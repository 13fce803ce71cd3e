/** What the runtime says of the process that it runs and of others, so that a simulation can stand in for all of them. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type FolderIdentity, holdFolder } from './kernel-lock.ts'
import type { Door } from './local-socket.ts'

/** See the head of this file. */
export interface Machine {
  readonly pid: number
  host(): string
  /** A text that no other claim has. */
  newNonce(): string
  /** Whether a process of this machine runs, as far as the system tells. */
  isRunning(pid: number): boolean
  /** Claims a folder so that the system gives it back by itself: see `kernel-lock.ts`. Absent where there is no such claim. */
  hold?(folder: FolderIdentity): Promise<Door | 'taken' | undefined>
  /** Runs a task again and again, which alone keeps no process alive; the returned function ends it. */
  repeat(task: () => void, everyMs: number): () => void
}

/** The machine that this process really runs on. */
export const thisMachine: Machine = {
  pid: process.pid,
  host: hostname,
  newNonce: randomUUID,
  hold: holdFolder,
  isRunning(pid) {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EPERM'
    }
  },
  repeat(task, everyMs) {
    const timer = setInterval(task, everyMs).unref()
    return () => clearInterval(timer)
  },
}
