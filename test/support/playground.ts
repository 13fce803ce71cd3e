/** What `npm start` runs, over a folder of its own, with a proxy before it: it can be cut off, killed and started again. */
import { IMClient, type IMClientOptions, memoryStorage } from 'im-client'
import { onTestFinished } from 'vitest'
import { RunningCommand } from './command.ts'
import { FaultProxy } from './fault-proxy.ts'
import { SeededRandom } from './seeded-random.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** See the head of this file. */
export class Playground {
  readonly data: string
  readonly proxy: FaultProxy
  #running: RunningCommand
  #url: string

  private constructor(data: string, started: Started, proxy: FaultProxy) {
    this.data = data
    this.proxy = proxy
    this.#running = started.running
    this.#url = started.url
  }

  /** Resolves when both agents are connected. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Playground> {
    const data = await temporaryFolder()
    const started = await run(data, '0', env)
    const proxy = new FaultProxy(Number(new URL(started.url).port), new SeededRandom(1))
    await proxy.listen()
    onTestFinished(() => proxy.close())
    return new Playground(data, started, proxy)
  }

  /** What the terminal says. */
  said(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#running.said(pattern)
  }

  /** The address that the terminal tells, by way of the proxy. */
  async printedUrl(): Promise<string> {
    const [printed] = await this.said(/http:\/\/\S+#\/sign-in\S*/)
    return printed.replace(this.#url, this.proxy.url)
  }

  /** Cuts the page off, until the returned function is called. */
  cutOff(): () => void {
    this.proxy.faults = { refuse: true }
    this.proxy.cutAll()
    return () => {
      this.proxy.faults = {}
    }
  }

  /** Kills the server; its agents end with it. */
  async kill(): Promise<void> {
    this.#running.signal('SIGKILL')
    await this.#running.ended()
    this.proxy.cutAll()
  }

  /** Starts everything again, over the same folder and behind the same address. */
  async restart(): Promise<void> {
    const { running, url } = await run(this.data, '0', {})
    this.#running = running
    this.#url = url
    this.proxy.targetPort = Number(new URL(url).port)
  }

  /** Somebody else to talk to. */
  async join(agentId: string, options: Partial<IMClientOptions> = {}): Promise<IMClient> {
    const client = new IMClient({ storage: memoryStorage(), agentId, imServerUrl: this.#url, ...options })
    onTestFinished(() => client.close())
    await client.connect()
    return client
  }
}

interface Started {
  readonly running: RunningCommand
  readonly url: string
}

async function run(data: string, port: string, env: Readonly<Record<string, string>>): Promise<Started> {
  const running = RunningCommand.start(process.execPath, ['dist/playground/agents/start.js'], {
    env: { HOME: data, IM_DATA: data, IM_PORT: port, ...env },
  })
  await running.said(/Ctrl-C stops everything/)
  const [url] = await running.said(/http:\/\/127\.0\.0\.1:\d+/)
  return { running, url }
}
