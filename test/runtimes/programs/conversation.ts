/** Two agents in conversation over the real protocol, as cases that know no test runner and no runtime's API. */
import { type ConnectionState, type IMClient, IMError, STATUS_LADDER } from 'im-client'
import type { ConformanceSubject } from 'im-client/conformance'
import { Agents, Heard, type Scene } from './agents.ts'
import { type Case, same } from './outcome.ts'

/** The last of many messages: when it is there, so is everything before it. */
const LAST = 'the last one'

const MANY = 500

/** Half-open connections must not hold a close up; the promise is below a second, the rest is for a busy machine. */
const CLOSE_MS = 3_000

/** The cases, for one storage at one server. The last leaves a network behind that has swallowed something. */
export function conversationCases(scene: Scene, subject: ConformanceSubject): Case[] {
  return CASES.map(([name, check], index) => ({
    name,
    async run() {
      const agents = new Agents(scene, subject, index)
      try {
        await check(agents)
      } finally {
        await agents.network.mend()
        await agents.end()
      }
    },
  }))
}

const CASES: readonly (readonly [name: string, check: (agents: Agents) => Promise<void>])[] = [
  ['A message comes to its handler, and to "done" at its sender, status by status', becomesDone],
  ['A question is answered', isAnswered],
  ['A worker takes what waits in the queue, once each, and its answers come', isWorkedOn],
  ['Many messages come once and in order', comeInOrder],
  ['Rich data and long texts arrive as they were sent', arriveAsTheyWere],
  ['A connection that is cut comes back, and what was said meanwhile comes once and in order, both ways', isResumed],
  ['What was written without a connection goes out after a restart', goesOutAfterRestart],
  ['A server that is not there makes a client wait and try again', waitsAndTries],
  ['A closed client says so and refuses every call', refusesWhenClosed],
  ['A connection that swallows everything does not hold a close up', closesInTime],
]

async function becomesDone(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob')]
  const heard = new Heard()
  bob.client.onMessage(heard.listen)
  const steps: number[] = []
  alice.client.on('status', ({ status }) => steps.push((STATUS_LADDER as readonly string[]).indexOf(status)))
  const text = '你好 😀 \u2028 "\\" '
  const { id } = await alice.client.sendMessage({ to: bob.id, text })
  const message = await alice.client.waitForStatus(id, 'done')
  same(message.status, 'done', 'status')
  same(heard.texts, [text], 'what was heard')
  same(steps, [...new Set(steps)].sort(), 'steps')
}

async function isAnswered(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob')]
  bob.client.onMessage(async ({ text }, { reply }) => void (await reply(`heard: ${text}`)))
  const result = await alice.client.ask({ to: bob.id, text: '报告完成了吗?', timeoutMs: 30_000 })
  same(result.outcome === 'answered' && result.answer.text, 'heard: 报告完成了吗?', 'answer')
}

async function isWorkedOn(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob', { queue: true })]
  const [worked, answers] = [new Heard(), new Heard()]
  alice.client.onMessage(answers.listen)
  const tasks = ['first task', 'second task', LAST]
  for (const text of tasks) await alice.client.sendMessage({ to: bob.id, text })
  bob.client.processPending(async (message, { reply }) => {
    worked.listen(message)
    await reply(`done: ${message.text}`)
  })
  await answers.until(`done: ${LAST}`)
  same(worked.texts, tasks, 'work')
  same(
    answers.texts,
    tasks.map(text => `done: ${text}`),
    'answers',
  )
  same((await bob.client.getPendingMessages()).length, 0, 'what is left of the queue')
}

async function comeInOrder(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob')]
  const heard = new Heard()
  bob.client.onMessage(heard.listen)
  const texts = [...Array.from({ length: MANY }, (_, n) => `message ${n}`), LAST]
  await Promise.all(texts.map(text => alice.client.sendMessage({ to: bob.id, text })))
  await heard.until(LAST)
  same(heard.texts, texts, 'what was heard')
}

async function arriveAsTheyWere(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob')]
  const arrived = new Promise<{ readonly text: string; readonly data?: unknown }>(resolve => {
    bob.client.onMessage(resolve)
  })
  const text = '长'.repeat(20_000)
  await alice.client.sendMessage({ to: bob.id, text, data: { at: new Date(0), tags: new Set(['a']), count: 12n } })
  const message = await arrived
  same(message.text === text, true, 'text')
  const { at, tags, count } = message.data as Record<string, unknown>
  same([at instanceof Date, tags instanceof Set, count === 12n], [true, true, true], 'data')
}

async function isResumed(agents: Agents): Promise<void> {
  const [alice, bob] = [await agents.start('alice'), await agents.start('bob')]
  const [byAlice, byBob] = [new Heard(), new Heard()]
  alice.client.onMessage(byAlice.listen)
  bob.client.onMessage(byBob.listen)
  const lost = [alice, bob].map(({ client }) => stateOf(client, 'waiting'))
  await agents.network.cut()
  await Promise.all(lost)
  const texts = ['one', 'two', 'three', LAST]
  for (const text of texts) {
    await alice.client.sendMessage({ to: bob.id, text })
    await bob.client.sendMessage({ to: alice.id, text })
  }
  const back = [alice, bob].map(({ client }) => stateOf(client, 'connected'))
  await agents.network.mend()
  const states = await Promise.all(back)
  await Promise.all([byAlice.until(LAST), byBob.until(LAST)])
  same([byAlice.texts, byBob.texts], [texts, texts], 'what was heard')
  same(
    states.map(state => state.name === 'connected' && state.recovered),
    [true, true],
    'recovered',
  )
}

async function goesOutAfterRestart(agents: Agents): Promise<void> {
  const [former, bob] = [await agents.make('alice'), await agents.start('bob')]
  const heard = new Heard()
  bob.client.onMessage(heard.listen)
  const { id } = await former.client.sendMessage({ to: bob.id, text: LAST })
  const alice = await agents.restart(former)
  await alice.client.connect()
  await alice.client.waitForStatus(id, 'done')
  const history = await alice.client.getConversationHistory({ contactId: bob.id })
  same(
    history.map(message => message.id),
    [id],
    'history',
  )
  same(heard.texts, [LAST], 'what was heard')
}

async function waitsAndTries(agents: Agents): Promise<void> {
  await agents.network.cut()
  const { client } = await agents.make('alice')
  const waiting = stateOf(client, 'waiting')
  const connected = client.connect()
  const state = await waiting
  same(state.name === 'waiting' && state.reason.code, 'CONNECTION_LOST', 'reason')
  await agents.network.mend()
  await connected
  same(client.state.name, 'connected', 'state')
}

async function refusesWhenClosed(agents: Agents): Promise<void> {
  const { client } = await agents.start('alice')
  await client.close()
  same(client.state.name, 'closed', 'state')
  const refusal = await client.sendMessage({ to: 'bob', text: 'too late' }).catch((error: unknown) => error)
  same(refusal instanceof IMError && refusal.code, 'CLIENT_CLOSED', 'refusal')
}

async function closesInTime(agents: Agents): Promise<void> {
  const { client } = await agents.start('alice')
  await agents.network.swallow()
  const start = performance.now()
  await client.close()
  const took = performance.now() - start
  if (took > CLOSE_MS) throw new Error(`It took ${Math.round(took)} ms.`)
}

function stateOf(client: IMClient, name: ConnectionState['name']): Promise<ConnectionState> {
  return new Promise(resolve => {
    const off = client.on('state', state => {
      if (state.name !== name) return
      off()
      resolve(state)
    })
  })
}
