/**
 * Kills the real server again and again while clients write to each other. It comes back with the same data on the same
 * port. For a test and for the long run; fails with an AssertionError.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { IMClient, type Message, memoryStorage } from '../../src/index.ts'
import type { KillLoop } from './kill-loop.ts'
import type { SeededRandom } from './seeded-random.ts'
import { ServerProcess } from './server-process.ts'
import { checkWorkspace } from './workspace-check.ts'

/** Each writes to the next one. */
const NAMES = ['ann', 'bob', 'cem', 'dag']

/** What a client has under way at once. */
const IN_FLIGHT = 8

/** A life of the server ends after so many messages were accepted and a little later. */
const MOST_MESSAGES = 400
const MOST_DELAY_MS = 20
const LOOK_MS = 2

/** Clients that make no progress for so long are stuck. */
const MOST_PATIENCE_MS = 60_000

/** One life in so many ends while the clients come back. */
const EARLY_ONE_IN = 5

/** What became of the messages of a server that was killed. */
export interface ServerKills {
  readonly kills: number
  readonly sent: number
  /** Lives that were killed before anything was accepted. */
  readonly early: number
}

/** Runs the loop. */
export async function killServers({ kills, random, folder, onKill, onEnd }: KillLoop): Promise<ServerKills> {
  const dataPath = join(folder, 'data')
  const server = new ServerProcess({ dataPath, limits: { requestsPerSecond: 100_000, requestBurst: 100_000 } })
  onEnd(() => server.kill())
  await server.start()
  const writers = NAMES.map((name, index) => new Writer(name, NAMES[(index + 1) % NAMES.length] ?? '', server.url))
  for (const writer of writers) onEnd(() => writer.close())
  await Promise.all(writers.map(writer => writer.start()))
  let early = 0
  for (let kill = 1; kill <= kills; kill++) {
    if (random.integer(1, EARLY_ONE_IN) === 1) early += 1
    else await untilAccepted(writers, random)
    await setTimeout(random.integer(0, MOST_DELAY_MS))
    await server.kill()
    const { problems } = await checkWorkspace(join(dataPath, 'im_server'), { live: true })
    assert.deepEqual(problems, [], `after kill ${kill}`)
    await server.start()
    onKill?.(kill)
  }
  await Promise.all(writers.map(writer => writer.finish()))
  for (const [index, writer] of writers.entries()) {
    const other = writers[(index + 1) % writers.length]
    assert.ok(other)
    await writer.checkAgainst(other)
  }
  await server.stop()
  assert.equal(server.errors, '')
  assert.deepEqual((await checkWorkspace(join(dataPath, 'im_server'))).problems, [])
  return { kills, sent: writers.reduce((sum, { sent }) => sum + sent.length, 0), early }
}

async function untilAccepted(writers: readonly Writer[], random: SeededRandom): Promise<void> {
  const accepted = () => writers.reduce((sum, writer) => sum + writer.accepted.size, 0)
  const goal = accepted() + random.integer(1, MOST_MESSAGES)
  const deadline = performance.now() + MOST_PATIENCE_MS
  while (accepted() < goal) {
    assert.ok(performance.now() < deadline, `nothing is accepted any more: ${accepted()} of ${goal}`)
    await setTimeout(LOOK_MS)
  }
}

/** Writes to one other without end, and keeps the books. */
class Writer {
  readonly sent: string[] = []
  /** The sequence numbers that the server gave, by the ids of the messages. */
  readonly accepted = new Map<string, number>()
  /** How often each message of the one before came. */
  readonly #received = new Map<string, number>()
  readonly #name: string
  readonly #to: string
  readonly #client: IMClient
  #stopped = false
  #running: Promise<unknown> = Promise.resolve()

  constructor(name: string, to: string, url: string) {
    this.#name = name
    this.#to = to
    const backoff = { baseMs: 10, capMs: 100 }
    this.#client = new IMClient({ storage: memoryStorage(), agentId: name, imServerUrl: url, backoff })
  }

  async start(): Promise<void> {
    this.#client.on('message', ({ id }) => this.#received.set(id, (this.#received.get(id) ?? 0) + 1))
    await this.#client.connect()
    this.#running = Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#write()))
    this.#running.catch(() => {}) // told to whoever finishes; a loop that failed before closes the client
  }

  /** Ends when everything that was sent was delivered. */
  async finish(): Promise<void> {
    this.#stopped = true
    await this.#running
    const [last] = [...this.accepted].sort(([, a], [, b]) => b - a) // covers all before it
    if (last) await this.#client.waitForStatus(last[0], 'delivered')
  }

  /** What was sent is at the other side: all of it once, under the numbers that the server had given, and nothing else. */
  async checkAgainst(other: Writer): Promise<void> {
    const mine = await this.#history(this.#to)
    const theirs = await other.#history(this.#name)
    const numbers = (messages: readonly Message[]) => messages.map(({ id, seq }) => [id, seq])
    const own = theirs.filter(({ from }) => from === this.#name)
    assert.deepEqual(numbers(mine), numbers(theirs))
    assert.deepEqual(new Map(own.map(({ id, seq }) => [id, seq])), this.accepted)
    assert.deepEqual(own.map(({ id }) => id).sort(), [...this.sent].sort())
    assert.deepEqual(
      [...other.#received].filter(([, times]) => times !== 1),
      [],
    )
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #history(contactId: string): Promise<Message[]> {
    return this.#client.getConversationHistory({ contactId, limit: Number.MAX_SAFE_INTEGER })
  }

  async #write(): Promise<void> {
    while (!this.#stopped) {
      const { id } = await this.#client.sendMessage({ to: this.#to, text: `${this.sent.length} 你好` })
      this.sent.push(id)
      const { seq } = await this.#client.waitForStatus(id, 'accepted')
      this.accepted.set(id, Number(seq))
    }
  }
}
