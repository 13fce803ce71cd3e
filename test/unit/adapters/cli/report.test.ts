import { describe, expect, it } from 'vitest'
import type { PendingEntry } from '../../../../adapters/cli/pending-entry.ts'
import { ageText, reportOn } from '../../../../adapters/cli/report.ts'
import type { WorkspaceRecords } from '../../../../adapters/cli/workspace-files.ts'

const NOW = Date.parse('2026-11-23T10:00:00.000Z')

function entry(seq: number, more: Partial<PendingEntry> = {}): PendingEntry {
  const message = { id: `m${seq}`, conversationId: 'alice', from: 'alice', seq }
  return { message, receivedAt: `2026-11-23T09:0${seq}:00.000Z`, ...more }
}

function records(more: Partial<WorkspaceRecords> = {}): WorkspaceRecords {
  return { config: {}, conversations: [], pending: [], outbox: [], dead: [], awaited: [], state: {}, ...more }
}

const HERE = { workspace: 'w', connection: { state: 'untried' }, now: NOW } as const

describe('A report', () => {
  it('tells what the guard holds back from what was given up, and open questions from those that are settled', () => {
    const dead = [{ kind: 'pending' }, { kind: 'held' }]
    const awaited = [{ kind: 'answer' }, { kind: 'answer', taken: true }, { kind: 'expiry' }]
    expect(reportOn(records({ dead, awaited }), HERE)).toMatchObject({ deadLetters: 2, held: 1, openQuestions: 1 })
  })

  it('counts as claimed what a lease still holds', () => {
    const claimedAt = '2026-11-23T09:30:00.000Z'
    const pending = [
      entry(1, { lease: { claimedAt, until: '2026-11-23T10:30:00.000Z' } }),
      entry(2, { lease: { claimedAt, until: '2026-11-23T09:59:59.999Z' } }),
      entry(3, { releasedAt: claimedAt, notBefore: '2026-11-23T10:30:00.000Z' }),
    ]
    expect(reportOn(records({ pending }), HERE).queue).toMatchObject({ depth: 3, claimed: 1 })
  })

  it('takes a renewed lease as held only while another process owns the workspace', () => {
    const lease = { claimedAt: '2026-11-23T09:59:00.000Z', until: '2026-11-23T10:01:00.000Z', renewed: true }
    const pending = [entry(1, { lease })]
    expect(reportOn(records({ pending }), HERE).queue.claimed).toBe(0)
    expect(reportOn(records({ pending }), { ...HERE, owner: { pid: 7 } }).queue.claimed).toBe(1)
  })

  it('names the oldest work, wherever it stands', () => {
    const pending = [entry(3), entry(1), entry(2)]
    expect(reportOn(records({ pending }), HERE).queue.oldest).toMatchObject({ messageId: 'm1', ageMs: 59 * 60_000 })
  })

  it('of a workspace that holds nothing has no part that is not known', () => {
    expect(reportOn(records(), HERE)).toEqual({
      source: 'storage',
      workspace: 'w',
      connection: { state: 'untried' },
      conversations: 0,
      unread: 0,
      outbox: 0,
      queue: { enabled: false, depth: 0, claimed: 0 },
      deadLetters: 0,
      held: 0,
      openQuestions: 0,
    })
  })
})

describe('An age', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [86_399_999, '23 h'],
    [5 * 86_400_000, '5 d'],
  ])('of %i ms is told as %s', (ageMs, text) => {
    expect(ageText(ageMs)).toBe(text)
  })
})
