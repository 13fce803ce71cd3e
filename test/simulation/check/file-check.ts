/** Reads the files of a workspace as any other program would, without the library. */
import type { ConversationEvent } from '../../../src/model/event.ts'
import { type Disk, filesOf } from '../disk/disk.ts'

/** What is wrong with the files of a workspace whose owner has closed it, given the events that it holds. */
export function fileProblems(disk: Disk, root: string, events: readonly ConversationEvent[]): string[] {
  const problems: string[] = []
  const lines = new Map<string, Set<number>>()
  let files = 0
  for (const [path, bytes] of filesOf(disk, root, false)) {
    files += 1
    const text = Buffer.from(bytes).toString()
    if (path.includes('/quarantine/')) continue
    if (path.endsWith('.json')) problems.push(...jsonProblems(path, text))
    else if (path.endsWith('journal.jsonl'))
      problems.push(...(text === '' ? [] : [`${path} holds ${text.length} characters`]))
    else if (path.endsWith('.jsonl')) problems.push(...logProblems(path, text, lines))
  }
  if (files === 0) problems.push('there are no files')
  for (const { conversationId, seq } of events)
    if (!lines.get(conversationId)?.has(seq)) problems.push(`no file holds ${seq} of ${conversationId}`)
  return problems
}

function jsonProblems(path: string, text: string): string[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    return [`${path} does not parse: ${error}`]
  }
}

function logProblems(path: string, text: string, lines: Map<string, Set<number>>): string[] {
  const parts = text.split('\n')
  const problems = parts.pop() === '' ? [] : [`${path} ends in the middle of a line`]
  let last = 0
  for (const [index, line] of parts.entries()) {
    try {
      const { seq, conversationId } = JSON.parse(line) as { seq: number; conversationId: string }
      if (seq <= last) problems.push(`${path}:${index + 1}: ${seq} follows ${last}`)
      last = seq
      const known = lines.get(conversationId) ?? new Set()
      lines.set(conversationId, known.add(seq))
    } catch (error) {
      problems.push(`${path}:${index + 1} does not parse: ${error}`)
    }
  }
  return problems
}
