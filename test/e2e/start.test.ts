/** `npm start`, as a person uses it: two agents answer a second terminal, and Ctrl-C ends everything. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonLines, RunningCommand, runCommand, startCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NPM_START = ['npm', 'start'] as const
/** What `npm start` runs, without npm between the test and its signals. */
const PROGRAM = [process.execPath, 'dist/playground/agents/start.js'] as const

const LEVELS = ['ERROR', 'WARN', 'WARN', ...Array<string>(7).fill('INFO')]
/** Enough lines for some seconds of work. */
const LOG = Array.from(
  { length: 400 },
  (_, line) => `2026-11-28T04:05:06Z ${LEVELS[line % 10]} request ${line} served`,
).join('\n')

function run([program, ...args]: readonly [string, ...string[]], env: Record<string, string>): RunningCommand {
  return RunningCommand.start(program, args, { env: { IM_PORT: '0', ...env } })
}

/** Starts the playground over a folder. Resolves when it says how to talk to the agents. */
async function start(data: string, { command = PROGRAM, port = '0' }: StartOptions = {}) {
  const running = run(command, { IM_DATA: data, IM_PORT: port, HOME: data })
  await running.said(/Ctrl-C stops everything/)
  const [, url = ''] = await running.said(/(http:\/\/127\.0\.0\.1:\d+)/)
  const say = (to: string, text: string) =>
    runCommand(['send', to, text, '--expect-reply', '--json', '-w', join(data, 'you')])
  return { running, url, say }
}

interface StartOptions {
  readonly command?: readonly [string, ...string[]]
  readonly port?: string
}

/** The processes that own the workspaces. */
async function owners(data: string): Promise<number[]> {
  const read = async (name: string) =>
    (JSON.parse(await readFile(join(data, name, 'owner.lock'), 'utf8')) as { pid: number }).pid
  return await Promise.all(['server/im_server', 'echo/im_client', 'employee/im_client'].map(read))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // no such process
  }
}

describe('npm start', { timeout: 60_000 }, () => {
  it('runs two agents that answer, prints commands that work, and stops at Ctrl-C', async () => {
    const data = await temporaryFolder()
    const { running, say } = await start(data, { command: NPM_START })
    const { stdout: echo } = await say('echo', 'hello 你好')
    expect(jsonLines(echo)[1]).toMatchObject({ from: 'echo', text: 'You said: hello 你好' })
    const { stdout: counted } = await say('employee', 'one and one and one')
    expect(jsonLines(counted)[1]).toMatchObject({ from: 'employee', text: expect.stringContaining('5 words') })
    await running.said(/you → echo: hello 你好\n(.*\n)*echo → you: You said/)
    const [, command = ''] = await running.said(/npx im-client (send echo .*)/)
    expect(command).toBe(`send echo "hello" --expect-reply -w ${join(data, 'you')}`)
    const pids = await owners(data)
    expect(pids.map(isRunning)).toEqual([true, true, true])
    running.signal('SIGINT')
    expect((await running.ended()).code).toBe(0)
    expect(pids.map(isRunning)).toEqual([false, false, false])
  })

  it('goes on over what is there, on a free port where its own is taken, after a kill as well', async () => {
    const data = await temporaryFolder()
    const first = await start(data)
    await first.say('echo', 'before')
    const other = await start(await temporaryFolder(), { port: new URL(first.url).port })
    expect(other.url).not.toBe(first.url)
    expect(jsonLines((await other.say('echo', 'elsewhere')).stdout)).toHaveLength(2)
    first.running.signal('SIGKILL')
    await first.running.ended() // and its agents with it: they held its output
    const again = await start(data)
    await again.say('echo', 'after')
    again.running.signal('SIGTERM')
    expect((await again.running.ended()).code).toBe(0)
    const { stdout } = await runCommand(['history', 'echo', '--json', '-w', join(data, 'you')])
    const texts = ['before', 'You said: before', 'after', 'You said: after']
    expect(jsonLines(stdout).map(({ text }) => text)).toEqual(texts)
  })

  it('starts an agent again that was killed, and nothing is answered twice', async () => {
    const data = await temporaryFolder()
    const { running, say } = await start(data)
    await say('employee', 'first')
    const [, , employee = 0] = await owners(data)
    process.kill(employee, 'SIGKILL')
    await running.said(/employee ended \(SIGKILL\)/)
    expect(jsonLines((await say('employee', 'second')).stdout)).toHaveLength(2)
    const { stdout } = await runCommand(['history', 'employee', '--json', '-w', join(data, 'you')])
    expect(jsonLines(stdout).map(({ from }) => from)).toEqual(['you', 'employee', 'you', 'employee'])
  })

  it('sums up a log once though the employee is killed in the middle of it', async () => {
    const data = await temporaryFolder()
    const you = ['-w', join(data, 'you')]
    const { running } = await start(data)
    const asked = startCommand(['send', 'employee', '-', '--expect-reply', '--wait', 'done', ...you], { input: LOG })
    await asked.said(/employee: 25 %: line 100 of 400/)
    const [, , employee = 0] = await owners(data)
    process.kill(employee, 'SIGKILL')
    await running.said(/employee ended \(SIGKILL\)/)
    const { code, stdout, stderr } = await asked.ended()
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^done .*\n.* employee: 400 lines, /) })
    expect(stdout).toContain('levels: ERROR 40, WARN 80, INFO 280, DEBUG 0\n')
    expect(stderr.match(/\d+ %/g)).toEqual(['25 %', '50 %', '75 %'])
    await running.said(/(you → employee: 2026.* … \(400 lines\)\n[\s\S]*){2}/) // it was begun with twice
    const history = jsonLines((await runCommand(['history', 'employee', '--json', ...you])).stdout)
    const [{ id: question, status } = {}, ...answers] = history
    expect(status).toBe('done')
    const place = expect.stringMatching(new RegExp(`^${question}/\\w+/1/worker\\.(progress-)?\\d$`))
    expect(answers.map(({ id, replyTo, replyKind }) => ({ id, replyTo, replyKind }))).toEqual([
      ...[1, 2, 3].map(() => ({ id: place, replyTo: question, replyKind: 'progress' })),
      { id: place, replyTo: question },
    ])
  })

  it('says which process has the data where it is started twice', async () => {
    const data = await temporaryFolder()
    await start(data)
    const [server] = await owners(data)
    const { code, stderr } = await run(PROGRAM, { IM_DATA: data }).ended()
    expect([code, stderr]).toEqual([1, expect.stringContaining(`process ${server} `)])
  })
})
