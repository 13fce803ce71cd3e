/** Failures of the file system as errors of this house: with a code, the file concerned, and what to do about it. */
import { IMError } from '../../src/index.ts'

/** Whether an error of the system carries one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** Lets a step that fails name the file that it is about: what fails on an open file does not say which it is. */
export async function at<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof Error && !(error instanceof IMError)) Object.assign(error, { path })
    throw error
  }
}

/** What to do about a failure, by the system's code. */
const ADVICE: Readonly<Record<string, string>> = {
  EMFILE: 'Too many files are open: close some, or raise the limit (ulimit -n).',
  ENFILE: 'Too many files are open on this machine: close some, or raise its limit.',
  EACCES: 'Give this user the permission to read and write there.',
  EPERM: 'Give this user the permission to read and write there.',
  EROFS: 'The disk is mounted read-only: mount it for writing.',
  ENOTDIR: 'A file is in the way of a folder: move it away.',
}

/**
 * An error of the system as one of this house: `STORAGE_FULL` where there is no space, `STORAGE_IO` otherwise. `path` is
 * the file where the error itself names none.
 */
export function storageError(cause: unknown, path?: string): IMError {
  if (cause instanceof IMError) return cause
  const { code, path: file = path } = (cause ?? {}) as NodeJS.ErrnoException
  const where = file === undefined ? 'The storage' : file
  const reason = cause instanceof Error ? cause.message : String(cause)
  const options = { cause, ...(file === undefined ? {} : { details: { path: file } }) }
  if (hasCode(cause, 'ENOSPC', 'EDQUOT', 'EFBIG')) {
    const message = `${where} cannot be written, there is no space left (${reason}). Make room; what was acknowledged is safe.`
    return new IMError('STORAGE_FULL', message, options)
  }
  const advice = ADVICE[code ?? ''] ?? 'Check the disk, then try again; if that does not help, run im-client doctor.'
  return new IMError('STORAGE_IO', `${where} cannot be read or written (${reason}). ${advice}`, options)
}
