/** Commands beside a running agent: the work of their process, against that of a process that does nothing. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IMClient } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import { alternate, type BenchContext, type Benchmark, type Row } from './measure.ts'

const COMMANDS: readonly (readonly string[])[] = [
  ['history', 'bob'],
  ['send', 'bob', 'hello', '--wait', 'queued'],
  ['pending', 'list'],
  ['contacts', 'list'],
  ['status'],
]

const ROUNDS = 9

/** Makes a process tell, at its end, how long it has kept a processor busy, in microseconds. */
const TELL = `
  import { writeSync } from 'node:fs'
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    writeSync(3, String(user + system))
  })`

const MAIN = fileURLToPath(new URL('../../command/main.js', import.meta.url))

/** Milliseconds of work of one process of Node. */
async function workOf(args: readonly string[]): Promise<number> {
  const told = `data:text/javascript,${encodeURIComponent(TELL)}`
  const child = spawn(process.execPath, ['--import', told, ...args], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] })
  let microseconds = ''
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    microseconds += chunk.toString()
  })
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`)
  return Number(microseconds) / 1000
}

async function run({ folder, progress }: BenchContext): Promise<Row[]> {
  const workspace = join(folder, 'agent')
  const agent = new IMClient({ storage: fsStorage(workspace), agentId: 'agent', queue: true })
  await agent.open()
  const rows: Row[] = []
  try {
    for (const command of COMMANDS) {
      progress(command.join(' '))
      const args = [MAIN, ...command, '--workspace', workspace]
      const sides = await alternate(
        () => workOf(args),
        () => workOf(['--eval', '0']),
        { rounds: ROUNDS },
      )
      const what = `\`im-client ${command[0]}\` beside a running agent, work of its process`
      rows.push({ what, against: 'a process of Node that does nothing', unit: 'ms', ...sides })
    }
  } finally {
    await agent.close()
  }
  return rows
}

/** See the head of this file. */
export const command: Benchmark = { name: 'command', run }
