/**
 * Kills an agent again and again while messages arrive. Each life goes on where the last one ended: it begins with all that
 * the one before had told of, each message once. For a test and for the long run; fails with an AssertionError.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type AgentHome, folderHome } from './agent-home.ts'
import type { KillLoop } from './kill-loop.ts'
import { KillsSender } from './kills-sender.ts'
import { answerTo } from './programs/answer.ts'
import { ReportingProgram } from './reporting-program.ts'
import type { SeededRandom } from './seeded-random.ts'
import { ServerProcess } from './server-process.ts'

/** A life ends after so many messages and a little later: anywhere between two system calls. */
const MOST_MESSAGES = 60
const MOST_DELAY_MS = 30

/** One life in so many is cut short while it opens its workspace or connects. */
const EARLY_ONE_IN = 5

/** What became of an agent that was killed. */
export interface AgentKills {
  readonly kills: number
  readonly sent: number
  /** What came back from an agent that answers. */
  readonly answers: number
  /** Messages that a life reported as stored before it was killed. */
  readonly reported: number
  /** Messages that were given to a handler more than once, since it was killed while it had them. */
  readonly handledAgain: number
  /** Lives that were killed while they opened their workspace or connected. */
  readonly early: number
}

/** Runs the loop, by default with an agent that keeps everything in a folder. */
export async function killAgents(
  { kills, random, folder, onKill, onEnd }: KillLoop,
  home: AgentHome = folderHome(join(folder, 'agent')),
): Promise<AgentKills> {
  const server = new ServerProcess({ dataPath: join(folder, 'server'), limits: { replayItems: REPLAY_ITEMS } })
  onEnd(() => server.kill())
  await server.start()
  const sender = await KillsSender.start(server.url, onEnd)
  const lives = new Lives({ home, url: server.url, onEnd })
  let acknowledged = 0
  for (let kill = 1; kill <= kills; kill++) {
    acknowledged = Math.max(acknowledged, await lives.killOne(random), sender.delivered)
    assert.deepEqual(await home.problems(true), [], `after kill ${kill}`)
    lives.atLeast = acknowledged
    onKill?.(kill)
  }
  const sent = await sender.stop()
  const answers = home.options.handler === 'works' ? sent.map(({ text }) => answerTo(text)) : []
  await lives.end(sent.length, () => sender.answered(answers.length))
  assert.deepEqual(await home.problems(false), [])
  assert.deepEqual(
    await home.heldFrom('sender'),
    sent.map(({ seq, text }) => [seq, text]),
  )
  assert.deepEqual(
    [...lives.handled.keys()].sort((a, b) => a - b),
    sent.map(({ seq }) => seq),
  )
  assert.deepEqual(sender.answers, answers)
  return { kills, sent: sent.length, answers: answers.length, ...lives.counts() }
}

/** More than is ever sent: each life is brought what it missed by the feed, not by a backfill that goes on behind it. */
const REPLAY_ITEMS = 1_000_000

/** One agent after the other in the same home. The next process boots while the last one lives. */
class Lives {
  /** What the next life must begin with: every message up to this one, each once. */
  atLeast = 0
  /** How often each message was given to a handler. */
  readonly handled = new Map<number, number>()
  readonly #home: AgentHome
  readonly #options: object
  readonly #onEnd: KillLoop['onEnd']
  #next: ReportingProgram
  #early = 0
  #reported = 0

  constructor({ home, url, onEnd }: { home: AgentHome; url: string; onEnd: KillLoop['onEnd'] }) {
    this.#home = home
    this.#onEnd = onEnd
    this.#options = { ...home.options, url, agentId: 'agent', hold: true, conversationWith: 'sender' }
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
    await this.#home.beforeKill(random)
    await agent.kill()
    await this.#home.afterKill()
    return this.#learn(agent)
  }

  /** Lives until it has everything and what else is waited for, and closes in good order. */
  async end(count: number, settled: () => Promise<void>): Promise<void> {
    const agent = await this.#begin()
    await this.#expectKept(agent)
    const missing = () => count - this.#handledBy(agent)
    while (missing() > 0)
      await agent.reportsOf('handled', agent.reports.filter(({ event }) => event === 'handled').length + 1)
    await settled()
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
    const { seqs, ids, waiting } = await Promise.race([agent.report('history'), failed])
    const there = seqs as number[]
    assert.equal(ids, there.length)
    // An answer is told to be accepted before the feed brings what was said before it: above this seq there may be gaps.
    const missing = this.atLeast - there.filter(seq => seq <= this.atLeast).length
    // Answers that the server had accepted, and the life before had not been told so.
    assert.ok(missing >= 0 && missing <= Number(waiting), `${missing} are missing, ${waiting} answers wait`)
    assert.ok(this.atLeast === 0 || there.includes(this.atLeast), `${this.atLeast} was told of, and is not there`)
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
