/** workerd: a worker that runs a suite on a request to its port, bundled as its users bundle theirs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import type { Outcome } from './programs/outcome.ts'
import type { SuiteOptions } from './programs/suites.ts'

/** What workerd calls itself as `navigator.userAgent`. */
const USER_AGENT = 'Cloudflare-Workers'

/** The behaviour that the worker asks for; not newer than the pinned workerd. */
const COMPATIBILITY_DATE = '2026-11-01'

/** Only loopback: where the server of the suites is. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "loopback", network = (allow = ["local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  globalOutbound = "loopback",
);
`

/** A running workerd. */
export class WorkerdRuntime {
  readonly #process: ChildProcess
  readonly #url: string

  private constructor(child: ChildProcess, url: string) {
    this.#process = child
    this.#url = url
  }

  /** Bundles the worker in `folder`, where the package is installed, and starts workerd on a free port. */
  static async start(program: string, folder: string): Promise<WorkerdRuntime> {
    await build({
      absWorkingDir: folder,
      entryPoints: ['programs/worker.js'],
      outfile: 'worker.js',
      bundle: true,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      conditions: ['workerd', 'worker', 'browser'], // those of Cloudflare's own tools
      logLevel: 'warning',
    })
    await writeFile(join(folder, 'worker.capnp'), CONFIG)
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe'] as const
    const child = spawn(program, ['serve', '--control-fd=3', 'worker.capnp'], { cwd: folder, stdio: [...stdio] })
    const port = await portOf(child)
    return new WorkerdRuntime(child, `http://127.0.0.1:${port}`)
  }

  /** Runs a suite in the worker. */
  async run(options: SuiteOptions): Promise<Outcome[]> {
    const response = await fetch(this.#url, { method: 'POST', body: JSON.stringify(options) })
    const text = await response.text()
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`)
    const { runtime, outcomes } = JSON.parse(text) as { readonly runtime: string; readonly outcomes: Outcome[] }
    if (runtime !== USER_AGENT) throw new Error(`This is ${runtime}, not ${USER_AGENT}.`)
    return outcomes
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = once(this.#process, 'exit')
    this.#process.kill()
    await gone
  }
}

/** workerd tells on its control descriptor which port it got. */
async function portOf(child: ChildProcess): Promise<number> {
  const lines = createInterface(child.stdio[3] as Readable)
  for await (const line of lines) {
    const said = JSON.parse(line) as { readonly event: string; readonly port?: number }
    if (said.event === 'listen' && said.port !== undefined) return said.port
  }
  throw new Error(`workerd ended with ${child.exitCode} before it listened.`)
}
