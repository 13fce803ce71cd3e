/** Programs of `programs/` as processes of their own. They end when told to, and with this process. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that answers each message with one. */
export class Program {
  readonly #process: ChildProcess

  constructor(child: ChildProcess) {
    this.#process = child
  }

  /** Starts a program with options that it reads from its command line. */
  static start(name: string, options: object = {}): Program {
    const path = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
    return new Program(fork(path, [JSON.stringify(options)], { execArgv: ['--expose-gc'] }))
  }

  /** The next thing that the program says. @throws where it ends instead */
  async next<T>(): Promise<T> {
    const over = new AbortController()
    const { signal } = over
    const ended = once(this.#process, 'exit', { signal }).then(([code]) => {
      throw new Error(`The program ended with ${code}.`)
    })
    try {
      const [said] = await Promise.race([once(this.#process, 'message', { signal }), ended])
      return said as T
    } finally {
      ended.catch(() => undefined) // aborted: nobody waits for it any more
      over.abort()
    }
  }

  /** Ends it, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const gone = once(this.#process, 'exit')
    this.#process.disconnect()
    await gone
  }
}
