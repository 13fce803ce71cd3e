/** A workspace between processes of two runtimes: the one that is tested, and the Node that runs this. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IMClient, IMError } from 'im-client'
import { examineWorkspace, fsStorage } from 'im-client/adapters/fs'
import type { ReportingProgram } from '../support/reporting-program.ts'
import type { ProcessRuntime } from './process-runtime.ts'
import { type Case, same } from './programs/outcome.ts'

/** The cases. */
export function workspaceCases(runtime: ProcessRuntime): Case[] {
  const owned = (check: (workspace: string, owner: ReportingProgram) => Promise<void>) => async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'im-client-runtimes-'))
    const owner = await runtime.start('owner', workspace)
    try {
      await owner.report('open')
      await check(workspace, owner)
    } finally {
      await owner.kill()
      await rm(workspace, { recursive: true, force: true })
    }
  }
  return [
    { name: 'Its process holds a workspace against one of Node, which is told its pid', run: owned(isRefused) },
    ...(process.platform === 'linux' ? [{ name: 'The kernel holds the claim too', run: owned(isHeld) }] : []),
    { name: 'A view on Node works through its process', run: owned(lends) },
    { name: 'Killed, it leaves a workspace that is whole and free at once', run: owned(leavesFree) },
    { name: 'A view in its process works through one of Node', run: () => borrows(runtime) },
  ]
}

async function isRefused(workspace: string, owner: ReportingProgram): Promise<void> {
  const client = new IMClient({ storage: fsStorage(workspace) })
  const refusal = await client.open().catch((error: unknown) => error)
  await client.close()
  same(refusal instanceof IMError && [refusal.code, refusal.details?.['pid']], ['STORAGE_LOCKED', owner.pid], 'refusal')
}

/** The name of the abstract socket that a folder is claimed by is in the kernel's own list (proc(5)). */
async function isHeld(workspace: string): Promise<void> {
  const { dev, ino } = await stat(join(workspace, 'im_client'))
  const digest = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 32)
  const sockets = await readFile('/proc/net/unix', 'utf8')
  same(sockets.includes(`@im-client-${digest}`), true, 'listed')
}

async function lends(workspace: string): Promise<void> {
  await writeThrough(workspace, 'from Node')
  same(await textsOf(workspace, { attach: true }), ['from Node'], 'history')
}

async function leavesFree(workspace: string, owner: ReportingProgram): Promise<void> {
  await writeThrough(workspace, 'before the end')
  await owner.kill()
  same(await textsOf(workspace, { attach: false }), ['before the end'], 'history')
  const { findings } = await examineWorkspace(join(workspace, 'im_client'))
  same(findings, [], 'findings')
}

async function borrows(runtime: ProcessRuntime): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'im-client-runtimes-'))
  const client = new IMClient({ storage: fsStorage(workspace), agentId: 'owner' })
  try {
    await client.open()
    const view = await runtime.start('view', workspace, 'from a view')
    const { id } = await view.report('sent')
    await view.ended()
    const history = await client.getConversationHistory({ contactId: 'bob' })
    same(
      history.map(message => [message.id, message.text]),
      [[id, 'from a view']],
      'history',
    )
  } finally {
    await client.close()
    await rm(workspace, { recursive: true, force: true })
  }
}

async function writeThrough(workspace: string, text: string): Promise<void> {
  const view = new IMClient({ storage: fsStorage(workspace), attach: true })
  await view.sendMessage({ to: 'bob', text })
  await view.close()
}

async function textsOf(workspace: string, { attach }: { readonly attach: boolean }): Promise<string[]> {
  const client = new IMClient({ storage: fsStorage(workspace), attach })
  try {
    return (await client.getConversationHistory({ contactId: 'bob' })).map(({ text }) => text)
  } finally {
    await client.close()
  }
}
