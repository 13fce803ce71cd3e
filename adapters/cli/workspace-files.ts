/**
 * A workspace's records, read without owning it: from its JSON files, as any program may at any time, or from a storage
 * that is open. Read leniently, as far as a report needs them; `docs/storage.md` says what they hold.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IMError, type KeyPart, type StorageAdapter } from '../../src/index.ts'
import type { PendingEntry } from './pending-entry.ts'

/** What a report is made from. Collections without their keys. */
export interface WorkspaceRecords {
  readonly config: {
    readonly agentId?: string
    readonly imServerUrl?: string
    readonly settings?: { readonly queue?: boolean }
  }
  readonly conversations: readonly { readonly unreadCount: number }[]
  readonly pending: readonly PendingEntry[]
  readonly outbox: readonly unknown[]
  readonly dead: readonly { readonly kind?: string }[]
  readonly awaited: readonly { readonly kind?: string; readonly taken?: boolean }[]
  readonly state: { readonly session?: { readonly sessionId: string; readonly openedAt: string } }
}

/** A document: values by the names of their keys. */
type Properties = Readonly<Record<string, unknown>>

const FILES: Readonly<Record<keyof WorkspaceRecords, string>> = {
  config: 'config.json',
  conversations: 'conversations/index.json',
  pending: 'queue/pending.json',
  outbox: 'queue/outbox.json',
  dead: 'queue/dead.json',
  awaited: 'queue/awaited.json',
  state: 'state.json',
}

/** Whether there is a workspace in a folder: some agent has opened it before. */
export function isWorkspace(path: string): boolean {
  return ['config.json', 'journal.jsonl'].some(name => existsSync(join(path, 'im_client', name)))
}

/**
 * Reads the files of a workspace, whoever owns it. They are at most 200 ms behind their owner; a collection without a
 * file is empty.
 * @throws IMError `STORAGE_DAMAGED` where a file is no JSON object; the system's error where one may not be read
 */
export function readWorkspaceFiles(path: string): Promise<WorkspaceRecords> {
  return readRecords(name => readDocument(join(path, 'im_client', FILES[name])))
}

/** Reads the same from a storage that is open. */
export function readWorkspaceStorage(storage: StorageAdapter): Promise<WorkspaceRecords> {
  return readRecords(async name => {
    const entries = await storage.list([name])
    return Object.fromEntries(entries.map(({ key: [, ...parts], value }) => [nameOf(parts), value]))
  })
}

async function readRecords(read: (name: keyof WorkspaceRecords) => Promise<Properties>): Promise<WorkspaceRecords> {
  const listed = async <T>(name: keyof WorkspaceRecords) => Object.values(await read(name)) as T[]
  return {
    config: (await read('config')) as WorkspaceRecords['config'],
    conversations: await listed('conversations'),
    pending: await listed('pending'),
    outbox: await listed('outbox'),
    dead: await listed('dead'),
    awaited: await listed('awaited'),
    state: (await read('state')) as WorkspaceRecords['state'],
  }
}

/** As documents name their properties. */
function nameOf(parts: readonly KeyPart[]): string {
  return parts.length === 1 ? String(parts[0]) : JSON.stringify(parts)
}

async function readDocument(path: string): Promise<Properties> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  const value = parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Properties
  throw new IMError('STORAGE_DAMAGED', `${path} is not a JSON object.`, { details: { place: path } })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON, so no object either: the caller says so
  }
}
