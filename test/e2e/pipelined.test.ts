/** Many messages under way at once, while connections are cut and the server is killed: order and number hold. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fsStorage } from '../../adapters/fs/index.ts'
import { IMClient } from '../../src/index.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { ServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { checkWorkspace } from '../support/workspace-check.ts'

const NAMES = ['一', '二', '三']
const EACH = 1500
const KILLS = 5
const TIMEOUT_MS = 120_000

/** A share of some 2 MB for each: connections are cut with hundreds of messages under way. */
const CUT_WITHIN_BYTES = 200_000

test(
  'Messages that are sent all at once arrive once and in the order of their sender, through cuts and kills',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const server = new ServerProcess({ dataPath: await temporaryFolder() })
    onTestFinished(() => server.kill())
    await server.start()
    const proxy = new FaultProxy(server.port, random)
    await proxy.listen()
    onTestFinished(() => proxy.close())
    const folder = await temporaryFolder()
    const members = NAMES.map(name => new Member(name, join(folder, name), proxy.url))
    for (const { client } of members) await client.connect()
    const [first] = members
    const group = await first?.client.createGroup({ title: '同时', members: NAMES })
    const groupId = group?.conversationId ?? ''
    proxy.faults = { cutWithinBytes: CUT_WITHIN_BYTES }
    proxy.cutAll()
    const sending = Promise.all(members.map(member => member.sendAll(groupId)))
    for (let kill = 1; kill <= KILLS; kill++) {
      await members[0]?.stored((kill * EACH * NAMES.length) / (KILLS + 1))
      await server.kill()
      await server.start()
    }
    await sending
    await Promise.all(members.map(member => member.stored(EACH * NAMES.length)))
    await Promise.all(members.map(({ client }) => client.close()))
    process.stdout.write(
      `${EACH * NAMES.length} messages, ${proxy.cuts} connections cut, server killed ${KILLS} times\n`,
    )
    expect(proxy.cuts).toBeGreaterThan(0)
    const logs = await Promise.all(members.map(member => member.log(groupId)))
    for (const log of logs) expect(log).toEqual(logs[0])
    for (const name of NAMES) {
      const own = logs[0]?.filter(line => line?.startsWith(`${name} `))
      expect(own).toEqual(Array.from({ length: EACH }, (_, n) => `${name} ${n}`))
    }
    expect(members.flatMap(({ errors }) => errors)).toEqual([])
  },
  TIMEOUT_MS,
)

/** A member of the group, with its workspace. */
class Member {
  readonly client: IMClient
  readonly errors: string[] = []
  readonly #name: string
  readonly #workspace: string
  #stored = 0
  #waiting: (() => void)[] = []

  constructor(name: string, workspace: string, url: string) {
    this.#name = name
    this.#workspace = workspace
    const backoff = { baseMs: 30, capMs: 300 }
    this.client = new IMClient({ storage: fsStorage(workspace), agentId: name, imServerUrl: url, backoff })
    onTestFinished(() => this.client.close())
    this.client.on('error', ({ code, message }) => this.errors.push(`${name}: ${code} ${message}`))
    this.client.on('message', () => this.#storedOne())
    this.client.on('status', ({ seq }) => seq !== undefined && this.#storedOne())
  }

  /** Hands over everything at once. Resolves when all of it is durable in the outbox. */
  async sendAll(to: string): Promise<void> {
    const texts = Array.from({ length: EACH }, (_, n) => `${this.#name} ${n}`)
    await Promise.all(texts.map(text => this.client.sendMessage({ to, text })))
  }

  /** Resolves when so many messages of the group are stored here. */
  async stored(count: number): Promise<void> {
    while (this.#stored < count) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** The texts on disk, in their order. */
  async log(groupId: string): Promise<(string | undefined)[]> {
    const { problems, conversations } = await checkWorkspace(join(this.#workspace, 'im_client'))
    expect(problems).toEqual([])
    const messages = conversations.get(groupId)?.filter(({ type }) => type === 'message') ?? []
    return messages.map(({ text }) => text)
  }

  #storedOne(): void {
    this.#stored += 1
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
