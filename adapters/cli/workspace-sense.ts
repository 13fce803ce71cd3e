/**
 * Whether what a workspace holds makes sense to a client: its files may be whole and yet not belong together, or hold values
 * that no client accepts. Works on what an examination has read, and changes nothing.
 */
import type { Examination, Finding } from 'im-client/adapters/fs'
import { IMClient, IMError, type Json, type Key, memoryStorage, type WriteOperation } from '../../src/index.ts'
import type { Roll } from './roll.ts'

/** Something that is wrong with a workspace, and the writes that make it good, where any do. */
export interface Complaint extends Omit<Finding, 'kind'> {
  readonly kind: string
  readonly cure: readonly WriteOperation[]
}

/** As far as it is looked at; what an entry of `conversations/index.json` holds besides is in `docs/storage.md`. */
interface ConversationRecord {
  readonly lastSeq: number
  readonly firstSeq?: number
  readonly epochBase?: number
  readonly gaps?: readonly SeqRange[]
}

interface SeqRange {
  readonly from: number
  readonly to: number
}

/** A workspace in which more values than this do not fit is beyond reading one by one. */
const MOST_MISFITS = 1000

const INDEX = 'conversations/index.json'

/** What does not make sense. */
export async function senseOf(examination: Examination, roll: Roll): Promise<Complaint[]> {
  const records = examination.documents.list(['conversations'])
  return [...(await misfits(examination)), ...records.flatMap(inLog(examination)), ...unlisted(examination, roll)]
}

/** Opens a client over a copy in memory, without what it refuses, until it refuses nothing. */
async function misfits({ documents }: Examination): Promise<Complaint[]> {
  const complaints: Complaint[] = []
  const copy = [...COLLECTIONS].flatMap(name => documents.list([name]))
  let left = copy.map(({ key, value }): WriteOperation => ({ type: 'put', key, value }))
  while (complaints.length < MOST_MISFITS) {
    const complaint = await firstMisfit(left)
    if (!complaint) break
    complaints.push(complaint)
    const bad = new Set(complaint.cure.map(({ key }) => JSON.stringify(key)))
    if (bad.size === 0) break
    left = left.filter(({ key }) => !bad.has(JSON.stringify(key)))
  }
  return complaints
}

/** The collections that a client reads when it is opened. */
const COLLECTIONS: ReadonlySet<string> = new Set(['config', 'conversations', 'outbox', 'pending', 'awaited', 'dead'])

async function firstMisfit(entries: readonly WriteOperation[]): Promise<Complaint | undefined> {
  if (entries.length === 0) return undefined // nobody has opened it yet
  const storage = memoryStorage()
  await storage.open()
  await storage.write(entries)
  await storage.close()
  const client = new IMClient({ storage })
  try {
    await client.open()
    await client.close()
    return undefined
  } catch (error) {
    return misfit(error)
  }
}

function misfit(error: unknown): Complaint {
  if (!(error instanceof IMError)) return noAgent()
  const { place = '', path = '' } = error.details as { readonly place?: string; readonly path?: string }
  const name = /^(\w+) (\[.*\])$/.exec(place)
  const field = /^[A-Za-z]+/.exec(path)?.[0]
  const key: Key | undefined = name
    ? [name[1] ?? '', ...(JSON.parse(name[2] ?? '') as string[])]
    : field !== undefined && field !== 'agentId'
      ? ['config', field]
      : undefined
  const collection = key?.[0] ?? ''
  return {
    kind: 'misfit',
    place: PLACES[collection] ?? 'config.json',
    isDamage: true,
    message: `${error.message} No client opens the workspace.`,
    remedy: key
      ? `im-client doctor takes the entry ${JSON.stringify(key.slice(1))} out, and prints it.`
      : 'Nothing is done about it: mend the file by hand.',
    cure: key ? [{ type: 'delete', key }] : [],
  }
}

const PLACES: Readonly<Record<string, string>> = {
  conversations: INDEX,
  outbox: 'queue/outbox.json',
  pending: 'queue/pending.json',
  dead: 'queue/dead.json',
  awaited: 'queue/awaited.json',
}

function noAgent(): Complaint {
  return {
    kind: 'misfit',
    place: 'config.json',
    isDamage: true,
    message: 'It does not say whose workspace this is.',
    remedy: 'Nothing is done about it: name the account with --agent when you next open the workspace.',
    cure: [],
  }
}

/** Whether a conversation's file holds what its record says. */
function inLog({ logs, findings }: Examination) {
  return ({ key, value }: { readonly key: Key; readonly value: Json }): Complaint[] => {
    const { seqs, place } = logs.get(String(key[1])) ?? { seqs: [], place: '' }
    const record = value as unknown as ConversationRecord
    if (!Number.isSafeInteger(record.lastSeq)) return [] // a misfit
    const last = seqs.at(-1) ?? 0
    if (last > record.lastSeq) return [behind(key, record, last)]
    const isDamaged = findings.some(finding => finding.kind === 'bad-line' && finding.place === place)
    const known = (record.gaps ?? []).concat(seqs.map(seq => ({ from: seq, to: seq })))
    const low = isDamaged ? Math.max(record.firstSeq ?? 1, (record.epochBase ?? 0) + 1) : last + 1
    const missing = holes({ from: low, to: record.lastSeq }, known)
    return missing.length > 0 ? [lacking(key, record, missing)] : []
  }
}

/** Conversations that have messages and no record. */
function unlisted({ documents, logs }: Examination, roll: Roll): Complaint[] {
  const agentId = documents.get(['config', 'agentId'])
  const names = [...logs].filter(([name, { seqs }]) => seqs.length > 0 && !documents.get(['conversations', name]))
  return names.map(([name, { seqs }]) => {
    const record =
      typeof agentId === 'string' ? recordOf(name, { agentId, lastSeq: seqs.at(-1) ?? 0, roll }) : undefined
    return {
      kind: 'missing-record',
      place: INDEX,
      isDamage: true,
      message: `It has no entry for ${name}, which has messages: no program lists the conversation.`,
      remedy: 'im-client doctor makes the entry anew from the messages. How far others had read them is lost.',
      cure: record ? [{ type: 'put', key: ['conversations', name], value: record }] : [],
    }
  })
}

interface Known {
  readonly agentId: string
  readonly lastSeq: number
  readonly roll: Roll
}

/** The record of a conversation all of which was seen: it is not offered to handlers again. */
function recordOf(conversationId: string, { agentId, lastSeq, roll }: Known): Json {
  const { senders, members, title, lastMessageAt } = roll.of(conversationId)
  const isGroup = members !== undefined || [...senders].some(name => name !== agentId && name !== conversationId)
  return {
    conversationId,
    kind: isGroup ? 'group' : 'direct',
    participants: isGroup ? [...(members ?? new Set([agentId, ...senders]))] : [agentId, conversationId],
    ...(title === undefined ? {} : { title }),
    lastSeq,
    ...(lastMessageAt === undefined ? {} : { lastMessageAt }),
    processedSeq: lastSeq,
    unreadCount: 0,
    positions: { [agentId]: { delivered: lastSeq, read: lastSeq } },
  }
}

function behind(key: Key, record: ConversationRecord, last: number): Complaint {
  return {
    kind: 'index-behind',
    place: INDEX,
    isDamage: true,
    message: `It says that ${key[1]} ends with ${record.lastSeq}, but its file goes on to ${last}: one of the two was altered.`,
    remedy: 'im-client doctor writes down where the file ends.',
    cure: [{ type: 'put', key, value: { ...record, lastSeq: last } as unknown as Json }],
  }
}

function lacking(key: Key, record: ConversationRecord, missing: readonly SeqRange[]): Complaint {
  const ranges = missing.map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
  const gaps = [...(record.gaps ?? []), ...missing].sort((a, b) => a.from - b.from)
  return {
    kind: 'missing-messages',
    place: INDEX,
    isDamage: true,
    message: `The file of ${key[1]} lacks ${ranges}, which was stored: the file was cut off or altered.`,
    remedy:
      'im-client doctor notes a gap, which is filled from the server with the next connection if it still has it.',
    cure: [{ type: 'put', key, value: { ...record, gaps } as unknown as Json }],
  }
}

/** What of a range no other range covers. */
function holes({ from, to }: SeqRange, covered: readonly SeqRange[]): SeqRange[] {
  const found: SeqRange[] = []
  let next = from
  for (const range of [...covered].sort((a, b) => a.from - b.from)) {
    if (range.from > next && next <= to) found.push({ from: next, to: Math.min(range.from - 1, to) })
    next = Math.max(next, range.to + 1)
  }
  if (next <= to) found.push({ from: next, to })
  return found
}
