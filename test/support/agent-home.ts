/** Where an agent that is killed again and again keeps everything, and how others look at it. */
import { join } from 'node:path'
import { IMClient } from '../../src/index.ts'
import type { AgentProgramOptions } from './programs/agent.ts'
import { redisStorage } from './programs/redis-storage.ts'
import { RedisProcess } from './redis-process.ts'
import type { SeededRandom } from './seeded-random.ts'
import { checkWorkspace } from './workspace-check.ts'

/** A message of a conversation: its seq and its text. */
export type HeldText = readonly [seq: number, text: string | undefined]

/** See the head of this file. */
export interface AgentHome {
  /** How the program `agent` finds it, and what it does there. */
  readonly options: Pick<AgentProgramOptions, 'workspace' | 'redisPort' | 'handler'>
  /** Called in the moment before an agent is killed, and after it. */
  beforeKill(random: SeededRandom): Promise<void>
  afterKill(): Promise<void>
  /** What is wrong, in sentences; called when nobody is in, `live` after a kill. */
  problems(live: boolean): Promise<string[]>
  /** What came from an account, once nobody is in. */
  heldFrom(account: string): Promise<HeldText[]>
}

/** A workspace folder: everything in it can be read at any time. */
export function folderHome(workspace: string): AgentHome {
  const check = (live: boolean) => checkWorkspace(join(workspace, 'im_client'), { live })
  return {
    options: { workspace, handler: 'reports' },
    beforeKill: async () => undefined,
    afterKill: async () => undefined,
    problems: async live => (await check(live)).problems,
    async heldFrom(account) {
      const { conversations } = await check(false)
      return (conversations.get(account) ?? []).map(({ seq, text }) => [seq, text])
    },
  }
}

/** One kill in so many takes the server with it. */
const REDIS_ONE_IN = 10

/** A Redis server, which is killed now and then as well: while the agent lives, and started anew when it is dead. */
export class RedisHome implements AgentHome {
  readonly options: AgentHome['options']
  readonly #redis: RedisProcess
  #isDown = false
  #kills = 0

  private constructor(redis: RedisProcess) {
    this.#redis = redis
    this.options = { redisPort: redis.port, handler: 'works' }
  }

  static async start(folder: string): Promise<RedisHome> {
    return new RedisHome(await RedisProcess.start(folder))
  }

  /** How often the server was killed. */
  get kills(): number {
    return this.#kills
  }

  async beforeKill(random: SeededRandom): Promise<void> {
    if (random.integer(1, REDIS_ONE_IN) > 1) return
    this.#kills += 1
    this.#isDown = true
    await this.#redis.kill()
  }

  async afterKill(): Promise<void> {
    if (this.#isDown) await this.#redis.start()
    this.#isDown = false
  }

  /** Nothing can be said from outside: the next life reads everything. */
  async problems(): Promise<string[]> {
    return []
  }

  async heldFrom(account: string): Promise<HeldText[]> {
    const client = new IMClient({ storage: redisStorage(this.#redis.port) })
    try {
      const limit = Number.MAX_SAFE_INTEGER
      const history = await client.getConversationHistory({ contactId: account, limit })
      return history.filter(({ from }) => from === account).map(({ seq, text }) => [seq ?? 0, text])
    } finally {
      await client.close()
    }
  }

  stop(): Promise<void> {
    return this.#redis.kill()
  }
}
