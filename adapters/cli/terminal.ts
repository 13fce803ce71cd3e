/**
 * Where the command speaks: results to standard output, everything else to standard error. With `--json` both are one
 * JSON object a line. What came from other agents is shown, never obeyed: control characters do not reach the terminal.
 */
import { styleText } from 'node:util'
import type { Problem } from './problem.ts'

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

/** What a terminal is made of. */
export interface TerminalOptions {
  /** Whether results are JSON, one object a line. */
  readonly json: boolean
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Called once when nobody reads the results any more (`| head`). */
  readonly onUnread: () => void
}

/** The two output streams of one run. */
export class Terminal {
  readonly json: boolean
  readonly #options: TerminalOptions
  #unread = false

  constructor(options: TerminalOptions) {
    this.json = options.json
    this.#options = options
    options.stdout.on('error', error => this.#lost(error))
    options.stderr.on('error', ignoreLostErrors)
  }

  /** Whether a progress bar can be drawn. */
  get isInteractive(): boolean {
    return !this.json && this.#options.stderr.isTTY === true
  }

  /** A result: the value as JSON, or its text. */
  print(value: unknown, text: string): void {
    if (!this.#unread) this.#options.stdout.write(`${this.json ? toJsonLine(value) : text}\n`)
  }

  /** A word to a person beside the results. */
  note(text: string): void {
    if (!this.json) this.#options.stderr.write(`${this.style('dim', text, 'stderr')}\n`)
  }

  /** Something that a person or a script should know of, though the command goes on. */
  warn(warning: { readonly message: string; readonly [detail: string]: unknown }): void {
    const text = this.json
      ? toJsonLine({ warning })
      : `${this.style('yellow', 'warning:', 'stderr')} ${safeText(warning.message)}`
    this.#options.stderr.write(`${text}\n`)
  }

  /** Why the command fails, and what to do. */
  fail({ exitCode: _, ...problem }: Problem): void {
    const { message, advice } = problem
    const text = `${this.style('red', 'error:', 'stderr')} ${safeText(message)}${advice ? `\n${advice}` : ''}`
    this.#options.stderr.write(`${this.json ? toJsonLine({ error: problem }) : text}\n`)
  }

  /** Raw text to standard error: a progress bar. */
  draw(text: string): void {
    this.#options.stderr.write(text)
  }

  /** A text in a style, where the stream shows styles. */
  style(style: Style, text: string, stream: 'stdout' | 'stderr' = 'stdout'): string {
    return this.#isColored(stream) ? styleText(style, text) : text
  }

  /** FORCE_COLOR, then NO_COLOR, then whether the stream is a terminal: the order in which Node itself asks. */
  #isColored(stream: 'stdout' | 'stderr'): boolean {
    const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: kind } = this.#options.env
    if (this.json) return false
    if (forced !== undefined) return forced !== '0' && forced !== 'false'
    return !refused && kind !== 'dumb' && this.#options[stream].isTTY === true
  }

  #lost(error: NodeJS.ErrnoException): void {
    if (error.code !== 'EPIPE') throw error
    if (this.#unread) return
    this.#unread = true
    this.#options.onUnread()
  }
}

/** A text of somebody else's for a terminal: no control characters but line ends and tabs, so no escape sequences. */
export function safeText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}

/** A value as one line of JSON. What JSON has no form for gets its nearest: a bigint a text, a map an object, a set a list. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return part.toString()
    if (part instanceof Map) return Object.fromEntries(part)
    if (part instanceof Set) return [...part]
    if (part instanceof Error) return { name: part.name, message: part.message }
    return part
  })
}

function ignoreLostErrors(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error // nobody reads the errors; the exit code still tells
}
