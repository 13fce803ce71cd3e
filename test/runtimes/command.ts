/** The command `im-client` on a runtime. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProcessRuntime } from './process-runtime.ts'
import type { Case } from './programs/outcome.ts'

/** The cases. */
export function commandCases(runtime: ProcessRuntime, url: string): Case[] {
  return [
    {
      name: '`--help` lists the commands',
      async run() {
        expectIn(await runtime.command('--help'), 'send')
      },
    },
    {
      name: '`send` has a message accepted by a server',
      async run() {
        const workspace = await mkdtemp(join(tmpdir(), 'im-client-runtimes-'))
        try {
          const named = ['--workspace', workspace, '--agent', 'alice', '--server', url]
          expectIn(await runtime.command('send', 'bob', 'hello', ...named), 'accepted')
        } finally {
          await rm(workspace, { recursive: true, force: true })
        }
      },
    },
  ]
}

function expectIn(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`"${part}" is not in: ${text}`)
}
