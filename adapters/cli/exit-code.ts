/** How the command ends. Scripts rely on these numbers; `docs/cli.md` and `--help` tell them. */

/** Exit codes by what they mean. */
export const EXIT_CODE = {
  ok: 0,
  failure: 1,
  usage: 2,
  notConnected: 3,
  locked: 4,
  auth: 5,
  nothing: 6,
  declined: 7,
  /** Of `doctor`: damage was found; it was repaired; some of it remains. */
  damaged: 8,
  repaired: 9,
  unrepairable: 10,
  /** 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const

/** The exit codes as a text for `--help`. */
export const EXIT_CODE_HELP = `Exit codes:
  0    done
  1    failed
  2    the command was not used as it is meant to be
  3    not connected, or not within the time given
  4    the workspace or the data folder is in use by another process
  5    the server refused the account or its token
  6    nothing came within the time given
  7    whoever was asked declined
  8    doctor --check has found damage
  9    doctor has repaired damage
  10   doctor has found damage that it cannot repair
  130  interrupted before it was done`

/** The command was not used as it is meant to be; the message says what to do. */
export class UsageError extends TypeError {
  override readonly name = 'UsageError'
}

/** The time passed in which something was to come. */
export class NothingCame extends Error {
  override readonly name = 'NothingCame'
}

/** A person, or the system, asked the command to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** The command failed, or ended without what was wanted, and told so while it ran. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly exitCode: number

  constructor(exitCode: number = EXIT_CODE.failure) {
    super()
    this.exitCode = exitCode
  }
}
