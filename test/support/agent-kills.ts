/**
 * Kills an agent again and again while messages arrive. Each life goes on where the last one ended: it begins with all that
 * the one before had told of, each message once. For a test and for the long run; fails with an AssertionError.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { IMClient, memoryStorage } from '../../src/index.ts'
import type { KillLoop } from './kill-loop.ts'
import { ReportingProgram } from './reporting-program.ts'
import type { SeededRandom } from './seeded-random.ts'
import { ServerProcess } from './server-process.ts'
import { checkWorkspace } from './workspace-check.ts'

/** A life ends after so many messages and a little later: anywhere between two system calls. */
const MOST_MESSAGES = 60
const MOST_DELAY_MS = 30

/** One life in so many is cut short while it opens its workspace or connects. */
const EARLY_ONE_IN = 5

/** What became of an agent that was killed. */
export interface AgentKills {
  readonly kills: number
  readonly sent: number
  /** Messages that a life reported as stored before it was killed. */
  readonly reported: number
  /** Messages that were given to a handler more than once, since it was killed while it had them. */
  readonly handledAgain: number
  /** Lives that were killed while they opened their workspace or connected. */
  readonly early: number
}

/** Runs the loop. */
export async function killAgents({ kills, random, folder, onKill, onEnd }: KillLoop): Promise<AgentKills> {
  const server = new ServerProcess({ dataPath: join(folder, 'server'), limits: { replayItems: REPLAY_ITEMS } })
  onEnd(() => server.kill())
  await server.start()
  const workspace = join(folder, 'agent')
  const sender = await Sender.start(server.url, onEnd)
  const lives = new Lives({ workspace, url: server.url, onEnd })
  let acknowledged = 0
  for (let kill = 1; kill <= kills; kill++) {
    acknowledged = Math.max(acknowledged, await lives.killOne(random), sender.delivered)
    const { problems } = await checkWorkspace(join(workspace, 'im_client'), { live: true })
    assert.deepEqual(problems, [], `after kill ${kill}`)
    lives.atLeast = acknowledged
    onKill?.(kill)
  }
  const sent = await sender.stop()
  await lives.end(sent.length)
  const { problems, conversations } = await checkWorkspace(join(workspace, 'im_client'))
  assert.deepEqual(problems, [])
  assert.deepEqual(
    conversations.get('sender')?.map(({ seq, text }) => [seq, text]),
    sent.map((text, n) => [n + 1, text]),
  )
  assert.deepEqual(
    [...lives.handled.keys()].sort((a, b) => a - b),
    sent.map((_, n) => n + 1),
  )
  return { kills, sent: sent.length, ...lives.counts() }
}

/** More than is ever sent: each life is brought what it missed by the feed, not by a backfill that goes on behind it. */
const REPLAY_ITEMS = 1_000_000

/** How far the sender may be ahead of an agent that is mostly dead, and how long it waits then: the test must end. */
const MOST_AHEAD = 100
const PAUSE_MS = 5

/** Sends one message after the other, each when the one before was accepted, until it is stopped. */
class Sender {
  /** The seq up to which the server said that the agent had stored everything. */
  delivered = 0
  readonly #client: IMClient
  readonly #sent: string[] = []
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  private constructor(url: string) {
    this.#client = new IMClient({ storage: memoryStorage(), agentId: 'sender', imServerUrl: url })
  }

  static async start(url: string, onEnd: KillLoop['onEnd']): Promise<Sender> {
    const sender = new Sender(url)
    onEnd(() => sender.#client.close())
    sender.#client.on('receipt', ({ delivered = 0 }) => {
      sender.delivered = Math.max(sender.delivered, delivered)
    })
    await sender.#client.connect()
    sender.#running = sender.#run()
    sender.#running.catch(() => {}) // told to whoever stops it; a loop that failed before closes the client
    return sender
  }

  /** Everything that was sent, in order. */
  async stop(): Promise<readonly string[]> {
    this.#stopped = true
    await this.#running
    return this.#sent
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      while (this.#sent.length - this.delivered > MOST_AHEAD && !this.#stopped) await setTimeout(PAUSE_MS)
      const text = `第 ${this.#sent.length + 1} 条 \u2028 "\\" ${'x'.repeat(this.#sent.length % 200)}`
      const { id } = await this.#client.sendMessage({ to: 'agent', text })
      this.#sent.push(text)
      await this.#client.waitForStatus(id, 'accepted')
    }
  }
}

/** One agent after the other in the same workspace. The next process boots while the last one lives. */
class Lives {
  /** What the next life must begin with: every message up to this one, each once. */
  atLeast = 0
  /** How often each message was given to a handler. */
  readonly handled = new Map<number, number>()
  readonly #options: object
  readonly #onEnd: KillLoop['onEnd']
  #next: ReportingProgram
  #early = 0
  #reported = 0

  constructor({ workspace, url, onEnd }: { workspace: string; url: string; onEnd: KillLoop['onEnd'] }) {
    this.#onEnd = onEnd
    this.#options = { workspace, url, agentId: 'agent', hold: true, conversationWith: 'sender', handler: 'reports' }
    this.#next = this.#boot()
  }

  /** Lives and is killed. Gives the highest seq that this life told of as stored. */
  async killOne(random: SeededRandom): Promise<number> {
    const agent = await this.#begin()
    if (random.integer(1, EARLY_ONE_IN) === 1) this.#early += 1
    else {
      await this.#expectKept(agent)
      await agent.reportsOf('message', random.integer(1, MOST_MESSAGES))
    }
    await setTimeout(random.integer(0, MOST_DELAY_MS))
    await agent.kill()
    return this.#learn(agent)
  }

  /** Lives until it has everything, and closes in good order. */
  async end(count: number): Promise<void> {
    const agent = await this.#begin()
    await this.#expectKept(agent)
    const missing = () => count - this.#handledBy(agent)
    while (missing() > 0)
      await agent.reportsOf('handled', agent.reports.filter(({ event }) => event === 'handled').length + 1)
    agent.tell('close')
    await agent.ended()
    this.#learn(agent)
    assert.equal(agent.errors, '')
    await this.#next.kill()
  }

  counts(): Pick<AgentKills, 'reported' | 'handledAgain' | 'early'> {
    const handledAgain = [...this.handled.values()].filter(times => times > 1).length
    return { reported: this.#reported, handledAgain, early: this.#early }
  }

  async #begin(): Promise<ReportingProgram> {
    const agent = this.#next
    await agent.report('ready')
    agent.tell('go')
    this.#next = this.#boot()
    return agent
  }

  async #expectKept(agent: ReportingProgram): Promise<void> {
    const failed = agent.report('failed').then(({ message }) => assert.fail(`an agent could not go on: ${message}`))
    failed.catch(() => {}) // told below, or the agent ended without it
    const { count, ids, last } = await Promise.race([agent.report('history'), failed])
    assert.equal(count, last)
    assert.equal(ids, count)
    assert.ok(Number(last) >= this.atLeast, `${last} messages are there, ${this.atLeast} were told of`)
  }

  #learn(agent: ReportingProgram): number {
    const stored = agent.reports.filter(({ event }) => event === 'message').map(({ seq }) => Number(seq))
    assert.equal(new Set(stored).size, stored.length)
    this.#reported += stored.length
    for (const { event, seq } of agent.reports) {
      if (event === 'handled') this.handled.set(Number(seq), (this.handled.get(Number(seq)) ?? 0) + 1)
    }
    return Math.max(0, ...stored)
  }

  /** How many messages were handled in all lives and in this one. */
  #handledBy(agent: ReportingProgram): number {
    const now = agent.reports.filter(({ event }) => event === 'handled').map(({ seq }) => Number(seq))
    return new Set([...this.handled.keys(), ...now]).size
  }

  #boot(): ReportingProgram {
    const agent = ReportingProgram.start('agent', this.#options)
    this.#onEnd(() => agent.kill())
    return agent
  }
}
