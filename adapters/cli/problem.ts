/** What went wrong, as a person and as a script need it: a code, a sentence, what to do, and how to exit. */
import { IMError, type IMErrorCode } from '../../src/index.ts'
import { EXIT_CODE, NothingCame, UsageError } from './exit-code.ts'

/** A failure, described. Never holds a token: no error of this house does. */
export interface Problem {
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly advice?: string
  readonly details?: Readonly<Record<string, unknown>>
  readonly exitCode: number
}

interface Treatment {
  readonly exitCode: number
  readonly advice?: string
}

const UNREACHABLE: Treatment = {
  exitCode: EXIT_CODE.notConnected,
  advice: 'Is the server running? To start one on this machine: im-client serve',
}
const REFUSED: Treatment = {
  exitCode: EXIT_CODE.auth,
  advice:
    'Give a token with --token-file or the environment variable IM_TOKEN. ' +
    "To make one on the server's machine: im-client token create <agent> --data <folder>",
}

const TREATMENTS: Partial<Record<IMErrorCode, Treatment>> = {
  NOT_CONNECTED: UNREACHABLE,
  CONNECTION_LOST: UNREACHABLE,
  CONNECTION_TIMEOUT: UNREACHABLE,
  SERVER_DRAINING: { exitCode: EXIT_CODE.notConnected },
  WAIT_TIMEOUT: { exitCode: EXIT_CODE.notConnected, advice: 'To wait longer: --timeout 2m' },
  MESSAGE_WORK_FAILED: {
    exitCode: EXIT_CODE.failure,
    advice: "The recipient's owner finds the reason among its dead letters: im-client dead list",
  },
  MESSAGE_HELD: {
    exitCode: EXIT_CODE.failure,
    advice: 'It is kept: see im-client dead list, and im-client dead redrive to send it all the same.',
  },
  AUTH_FAILED: REFUSED,
  AUTH_TOKEN_UNAVAILABLE: REFUSED,
  STORAGE_DAMAGED: {
    exitCode: EXIT_CODE.failure,
    advice: 'To see what is damaged: im-client doctor --check; to repair it: im-client doctor',
  },
  STORAGE_LOCKED: { exitCode: EXIT_CODE.locked },
  STORAGE_FENCED: { exitCode: EXIT_CODE.locked },
}

/** Advice for what the system itself refuses, by its code. */
const SYSTEM_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens on that port. Choose another with --port, or any free one with --port 0.',
  EACCES: 'The system does not allow it: check the permissions of the path, or the number of the port.',
  ENOENT: 'Check the path.',
}

/** Describes an error of any kind. */
export function describeProblem(error: unknown): Problem {
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, exitCode: EXIT_CODE.usage }
  if (error instanceof NothingCame) return { code: 'NOTHING', message: error.message, exitCode: EXIT_CODE.nothing }
  if (error instanceof IMError) return describeIMError(error)
  const message = error instanceof Error ? error.message : String(error)
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  const advice = code === undefined ? undefined : SYSTEM_ADVICE[code]
  return { code: code ?? 'INTERNAL', message, exitCode: EXIT_CODE.failure, ...(advice ? { advice } : {}) }
}

function describeIMError({ code, message, details }: IMError): Problem {
  const treatment = TREATMENTS[code] ?? { exitCode: EXIT_CODE.failure }
  return { code, message, ...(Object.keys(details).length > 0 ? { details } : {}), ...treatment }
}
