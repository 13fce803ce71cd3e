/** How a workspace stands, in numbers and as lines for people. */

import { localTime, oneLine } from './message-text.ts'
import { heldForMs, type PendingEntry } from './pending-entry.ts'
import type { Terminal } from './terminal.ts'
import type { WorkspaceRecords } from './workspace-files.ts'

/** The connection, as far as the report knows it. `unknown`: only the owner knows. */
export interface ReportedConnection {
  readonly state: 'connected' | 'failed' | 'untried' | 'unknown'
  /** Why there is none. */
  readonly code?: string
  readonly message?: string
}

/** Another process that has the workspace. */
export interface ReportedOwner {
  readonly pid?: number
  readonly host?: string
  readonly since?: string
}

/** What the report is about, beside the workspace's records. */
export interface Circumstances {
  readonly workspace: string
  readonly connection: ReportedConnection
  /** Who owns the workspace, where this process does not: then the records are from its files. */
  readonly owner?: ReportedOwner
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A report. `source`: where the numbers are from. Instants are ISO 8601. */
export interface Report {
  readonly source: 'storage' | 'files'
  readonly workspace: string
  readonly agentId?: string
  readonly imServerUrl?: string
  readonly connection: ReportedConnection
  readonly owner?: ReportedOwner
  readonly conversations: number
  readonly unread: number
  /** What the server has not accepted yet. */
  readonly outbox: number
  readonly queue: {
    /** Whether messages become work here. */
    readonly enabled: boolean
    /** What is still to be processed, claimed work included. */
    readonly depth: number
    readonly claimed: number
    readonly oldest?: {
      readonly messageId: string
      readonly conversationId: string
      readonly receivedAt: string
      readonly ageMs: number
    }
  }
  /** What was given up, and what the loop guard holds back. */
  readonly deadLetters: number
  readonly held: number
  /** Questions whose answer nobody has taken. */
  readonly openQuestions: number
  /** The last session with the server. */
  readonly session?: { readonly sessionId: string; readonly openedAt: string }
}

/** Makes a report. */
export function reportOn(records: WorkspaceRecords, { workspace, connection, owner, now }: Circumstances): Report {
  const { config, conversations, pending, outbox, dead, awaited, state } = records
  const oldest = oldestOf(pending, now)
  return {
    source: owner ? 'files' : 'storage',
    workspace,
    ...(config.agentId === undefined ? {} : { agentId: config.agentId }),
    ...(config.imServerUrl === undefined ? {} : { imServerUrl: config.imServerUrl }),
    connection,
    ...(owner ? { owner } : {}),
    conversations: conversations.length,
    unread: conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
    outbox: outbox.length,
    queue: {
      enabled: config.settings?.queue ?? false,
      depth: pending.length,
      claimed: pending.filter(entry => isClaimed(entry, { now, isOwned: owner !== undefined })).length,
      ...(oldest ? { oldest } : {}),
    },
    deadLetters: dead.length,
    held: dead.filter(({ kind }) => kind === 'held').length,
    openQuestions: awaited.filter(({ kind, taken }) => kind === 'answer' && !taken).length,
    ...(state.session ? { session: { sessionId: state.session.sessionId, openedAt: state.session.openedAt } } : {}),
  }
}

/** The report as aligned lines. */
export function reportText(report: Report, terminal: Terminal): string {
  const { agentId, workspace, imServerUrl, owner, session } = report
  const lines: readonly (readonly [label: string, text: string | undefined])[] = [
    ['agent', agentId ?? 'not stored yet'],
    ['workspace', workspace],
    ['in use', owner && ownerText(owner)],
    ['server', imServerUrl ?? 'none was named yet'],
    ['connection', connectionText(report.connection)],
    ['conversations', `${report.conversations}, ${report.unread} unread`],
    ['outbox', String(report.outbox)],
    ['queue', queueText(report.queue)],
    ['dead letters', report.held > 0 ? `${report.deadLetters}, ${report.held} held back` : String(report.deadLetters)],
    ['questions', report.openQuestions > 0 ? `${report.openQuestions} open` : undefined],
    ['last session', session ? `${localTime(session.openedAt)}  ${session.sessionId}` : 'none'],
  ]
  const shown = lines.filter((line): line is readonly [string, string] => line[1] !== undefined)
  return shown.map(([label, text]) => `${terminal.style('dim', label.padEnd(13))}  ${oneLine(text)}`).join('\n')
}

/** An age in its largest whole unit: `59 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** A lease that its process renewed ended with it, so where no other process owns the workspace none such holds. */
function isClaimed(entry: PendingEntry, { now, isOwned }: { now: number; isOwned: boolean }): boolean {
  return entry.lease !== undefined && (isOwned || !entry.lease.renewed) && heldForMs(entry, now) > 0
}

function oldestOf(pending: readonly PendingEntry[], now: number): Report['queue']['oldest'] {
  const [first, ...others] = pending
  if (!first) return undefined
  const { message, receivedAt } = others.reduce((a, b) => (b.receivedAt < a.receivedAt ? b : a), first)
  const { id: messageId, conversationId } = message
  return { messageId, conversationId, receivedAt, ageMs: Math.max(0, now - Date.parse(receivedAt)) }
}

function ownerText({ pid, host, since }: ReportedOwner): string {
  if (pid === undefined) return 'by another process; the numbers are from the files'
  return `by process ${pid} on ${host} since ${since ? localTime(since) : '?'}; the numbers are from the files`
}

function connectionText({ state, message }: ReportedConnection): string {
  if (state === 'connected') return 'connected'
  if (state === 'untried') return 'not tried'
  return state === 'unknown' ? 'known to the process that uses it' : `none: ${message ?? 'no reason is known'}`
}

function queueText({ enabled, depth, claimed, oldest }: Report['queue']): string {
  if (!enabled && depth === 0) return 'none'
  const age = oldest ? `; the oldest, of ${oldest.conversationId}, is ${ageText(oldest.ageMs)} old` : ''
  return `${depth}, ${claimed} claimed${age}`
}
