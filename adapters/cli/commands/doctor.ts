/** `im-client doctor`: examines a workspace, explains what it finds, and repairs it. */
import type { Command } from 'commander'
import { type Examination, examineWorkspace, type Finding, fsStorage } from 'im-client/adapters/fs'
import { IMError, type StorageRepair } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { EXIT_CODE, Failed, UsageError } from '../exit-code.ts'
import { oneLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace, workspacePath } from '../options.ts'
import { Roll } from '../roll.ts'
import type { Terminal } from '../terminal.ts'
import { isWorkspace } from '../workspace-files.ts'
import { type Complaint, senseOf } from '../workspace-sense.ts'

interface DoctorOptions extends WorkspaceOptions {
  readonly check?: boolean
}

const EXAMPLES = `
Examples:
  im-client doctor --workspace employee --check
  im-client doctor --workspace employee

With --check nothing is changed, and an agent may run meanwhile. Without it what is damaged is repaired, and what cannot
be kept in its place is kept in the workspace's folder quarantine/; then no agent may run.

Exits with 0 where nothing is damaged, 8 where --check has found damage, 9 where damage was repaired, 10 where some
remains.`

/** Adds `doctor`. */
export function addDoctor(program: Command, context: Context): void {
  withWorkspace(program.command('doctor').description('examine a workspace, and repair it'))
    .option('--check', 'change nothing')
    .addHelpText('after', EXAMPLES)
    .action((options: DoctorOptions) => doctor(options, context))
}

async function doctor(options: DoctorOptions, { terminal }: Context): Promise<void> {
  const workspace = workspacePath(options)
  if (!isWorkspace(workspace)) throw new UsageError(`There is no workspace at ${workspace}. Give one with --workspace.`)
  const before = await diagnose(workspace)
  if (!options.check && before.examination.owner) throw inUse(before.examination)
  for (const complaint of before.complaints) tell(complaint, 'found', terminal)
  if (options.check) return conclude(before, before, terminal)
  await repair(workspace, before, terminal)
  const after = await diagnose(workspace)
  for (const complaint of after.complaints) tell(complaint, 'remains', terminal)
  conclude(before, after, terminal)
}

interface Diagnosis {
  readonly examination: Examination
  readonly complaints: readonly Complaint[]
}

async function diagnose(workspace: string): Promise<Diagnosis> {
  const roll = new Roll()
  const examination = await examineWorkspace(workspace, { onEvent: (name, event) => roll.note(name, event) })
  const found = examination.findings.map(finding => ({ ...finding, cure: [] }))
  // Beside an owner files are read one after the other while it writes: they need not belong together.
  const sense = examination.owner ? [] : await senseOf(examination, roll)
  return { examination, complaints: [...found, ...sense] }
}

/** Opening repairs what is damaged of itself; what does not belong together is then cured by writing. */
async function repair(workspace: string, { complaints }: Diagnosis, terminal: Terminal): Promise<void> {
  if (complaints.length === 0) return
  const storage = fsStorage(workspace, { rebuild: true })
  await storage.open({ onRepair: made => terminal.print({ repair: made }, repairText(made, terminal)) })
  await storage.close()
  const missing = complaints.filter(({ kind }) => kind === 'missing-messages')
  const left = (await diagnose(workspace)).complaints.filter(({ kind }) => kind !== 'missing-messages')
  await cure(workspace, [...missing, ...left], terminal)
}

async function cure(workspace: string, complaints: readonly Complaint[], terminal: Terminal): Promise<void> {
  const writes = complaints.flatMap(complaint => complaint.cure)
  if (writes.length === 0) return
  const storage = fsStorage(workspace)
  await storage.open()
  try {
    for (const write of writes) {
      const value = write.type === 'delete' ? await storage.get(write.key) : undefined
      await storage.write([write])
      if (value !== undefined)
        terminal.print({ removed: { key: write.key, value } }, `  taken out: ${JSON.stringify(value)}`)
    }
  } finally {
    await storage.close()
  }
}

type State = 'found' | 'remains'

function tell({ cure: _, ...finding }: Complaint, state: State, terminal: Terminal): void {
  const { place, line, isDamage, message, remedy } = finding
  const where = terminal.style('bold', line === undefined ? oneLine(place) : `${oneLine(place)}, line ${line}`)
  const what = terminal.style(isDamage ? 'red' : 'dim', isDamage ? 'damaged' : 'note')
  terminal.print({ ...finding, state }, `${what}  ${where}: ${oneLine(message)}\n    ${oneLine(remedy)}`)
}

function repairText({ place, message, quarantine }: StorageRepair, terminal: Terminal): string {
  const kept = quarantine === undefined ? '' : ` Kept in ${quarantine}.`
  return `${terminal.style('green', 'repaired')}  ${oneLine(place)}: ${oneLine(message)}${kept}`
}

function conclude(before: Diagnosis, after: Diagnosis, terminal: Terminal): void {
  const damage = countDamage(before.complaints)
  const remaining = countDamage(after.complaints)
  const { root, files, records, quarantined, owner } = after.examination
  const isChecked = before === after
  const summary = {
    workspace: root,
    files,
    records,
    quarantined,
    findings: before.complaints.length,
    damage,
    remaining,
  }
  terminal.print({ ...summary, ...(owner ? { owner } : {}) }, summaryText(summary, isChecked))
  if (isChecked && damage > 0) throw new Failed(EXIT_CODE.damaged)
  if (remaining > 0) throw new Failed(EXIT_CODE.unrepairable)
  if (damage > 0) throw new Failed(EXIT_CODE.repaired)
}

function summaryText(summary: { files: number; damage: number; remaining: number }, isChecked: boolean): string {
  const { files, damage, remaining } = summary
  if (damage === 0 && remaining === 0) return `${files} files, nothing damaged.`
  if (isChecked) return `${files} files, ${damage} damaged. To repair: im-client doctor`
  return `${files} files, ${damage} damaged, ${remaining === 0 ? 'all repaired' : `${remaining} remain`}.`
}

function countDamage(complaints: readonly Complaint[]): number {
  return complaints.filter(({ isDamage }: Pick<Finding, 'isDamage'>) => isDamage).length
}

function inUse({ owner, root }: Examination): IMError {
  const message =
    `${root} is in use by process ${owner?.pid} on ${owner?.host} since ${owner?.since}, so nothing is repaired. ` +
    'Stop that process, or look only: im-client doctor --check'
  return new IMError('STORAGE_LOCKED', message, { details: { ...owner } })
}
