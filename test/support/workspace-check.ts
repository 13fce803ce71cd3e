/** Reads a workspace as any other program would, without this library, and tells what is wrong with it. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A line of a conversation's file, as far as a check needs it. */
export interface StoredLine {
  readonly type: string
  readonly id: string
  readonly seq: number
  readonly conversationId: string
  readonly from: string
  readonly text?: string
  readonly title?: string
  readonly replyTo?: string
}

/** What a workspace holds, and what is wrong with it. */
export interface WorkspaceReport {
  /** Sentences for people; empty where everything is as it should be. */
  readonly problems: string[]
  readonly conversations: Map<string, StoredLine[]>
  readonly jsonFiles: number
}

/** Reads every JSON and JSONL file below a folder. `live`: its owner runs or was killed, so a last line may be torn. */
export async function checkWorkspace(folder: string, { live = false } = {}): Promise<WorkspaceReport> {
  const report: WorkspaceReport = { problems: [], conversations: new Map(), jsonFiles: 0 }
  let jsonFiles = 0
  for (const file of await filesBelow(folder)) {
    if (file.endsWith('.json')) {
      jsonFiles += 1
      checkJson(file, await readFile(file, 'utf8'), report)
    }
    if (file.endsWith('.jsonl') && !file.endsWith('journal.jsonl')) {
      checkLog(file, await readFile(file, 'utf8'), { report, live })
    }
  }
  return { ...report, jsonFiles }
}

/** Files and folders that others than their owner may touch. */
export async function checkModes(folder: string): Promise<string[]> {
  const problems: string[] = []
  for (const path of [folder, ...(await pathsBelow(folder))]) {
    const found = await stat(path)
    const wanted = found.isDirectory() ? 0o700 : 0o600
    const mode = found.mode & 0o777
    if (mode !== wanted) problems.push(`${path} has mode ${mode.toString(8)}, not ${wanted.toString(8)}`)
  }
  return problems
}

/** The files below a folder that hold a text. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const files = await filesBelow(folder)
  const holding = await Promise.all(files.map(async file => (await readFile(file)).includes(text)))
  return files.filter((_, index) => holding[index])
}

/** Every file and folder below a folder. */
export async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.map(entry => join(entry.parentPath, entry.name))
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

function checkJson(file: string, text: string, report: WorkspaceReport): void {
  try {
    JSON.parse(text)
  } catch (error) {
    report.problems.push(`${file} does not parse (${text.length} characters): ${error}`)
  }
}

function checkLog(file: string, text: string, { report, live }: { report: WorkspaceReport; live: boolean }): void {
  const lines = text.split('\n')
  const rest = lines.pop()
  if (rest && !live) report.problems.push(`${file} ends in the middle of a line`)
  const events: StoredLine[] = []
  for (const [index, line] of lines.entries()) {
    try {
      events.push(JSON.parse(line) as StoredLine)
    } catch (error) {
      report.problems.push(`${file}:${index + 1} does not parse: ${error}`)
    }
  }
  checkOrder(file, events, report)
  const [first] = events
  if (first) report.conversations.set(first.conversationId, events)
}

function checkOrder(file: string, events: readonly StoredLine[], { problems }: WorkspaceReport): void {
  const ids = new Set<string>()
  for (const [index, { seq, id, from }] of events.entries()) {
    const before = events[index - 1]?.seq
    if (before !== undefined && seq !== before + 1) problems.push(`${file}: seq ${seq} follows ${before}`)
    const name = JSON.stringify([from, id])
    if (ids.has(name)) problems.push(`${file}: ${name} is there twice`)
    ids.add(name)
  }
}
