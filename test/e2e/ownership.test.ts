/** One process owns a workspace. A second is told who; after a kill the next one is in at once. */
import { expect, onTestFinished, test } from 'vitest'
import { ReportingProgram } from '../support/reporting-program.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('A second process on a workspace is refused with the pid of its owner', async () => {
  const workspace = await temporaryFolder()
  const owner = start(workspace)
  await owner.report('open')
  const second = start(workspace)
  const refusal = await second.report('failed')
  expect(refusal).toMatchObject({ code: 'STORAGE_LOCKED' })
  expect(refusal['message']).toContain(`process ${owner.pid} `)
  owner.tell('close')
  await owner.ended()
  expect(owner.reports.filter(({ event }) => event === 'error')).toEqual([])
})

test('A process gets into a workspace at once after its owner was killed', async () => {
  const workspace = await temporaryFolder()
  for (let life = 0; life < 5; life++) {
    const owner = start(workspace)
    await owner.report('open')
    await owner.kill()
  }
  const last = start(workspace)
  await last.report('open')
})

test('A process that was refused gets in when the owner has closed', async () => {
  const workspace = await temporaryFolder()
  const owner = start(workspace)
  await owner.report('open')
  const second = start(workspace)
  await second.report('failed')
  owner.tell('close')
  await owner.report('closed')
  second.tell('go')
  await second.report('open')
})

function start(workspace: string): ReportingProgram {
  const program = ReportingProgram.start('agent', { workspace, agentId: 'agent' })
  onTestFinished(() => program.kill())
  return program
}
