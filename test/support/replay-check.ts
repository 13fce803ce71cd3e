/** Compares what a replay left on disk with what was said. */
import { join } from 'node:path'
import type { ChatLine } from './chat-log.ts'
import type { Replay } from './replay.ts'
import { checkWorkspace, type StoredLine } from './workspace-check.ts'

/** A conversation as it should be in a file. */
interface Expected {
  readonly group: string
  readonly title: string | undefined
  readonly speakers: ReadonlySet<string>
  readonly contents: readonly string[]
}

/**
 * What is wrong in the files of all participants; empty where each holds every line of its conversations once, in
 * order, to the byte, and nothing else.
 */
export async function replayProblems(
  replay: Replay,
  conversations: readonly (readonly ChatLine[])[],
): Promise<string[]> {
  const all = conversations.map(lines => expectedOf(lines, replay.groupOf(lines)))
  const problems: string[] = []
  for (const { name, workspace } of replay.participants) {
    const found = await checkWorkspace(join(workspace, 'im_client'))
    const expected = all.filter(({ speakers }) => speakers.has(name))
    problems.push(...found.problems)
    if (found.conversations.size !== expected.length) {
      problems.push(`${name} has ${found.conversations.size} conversations, not ${expected.length}`)
    }
    for (const conversation of expected) {
      const stored = found.conversations.get(conversation.group) ?? []
      problems.push(...differences(conversation, stored).map(problem => `${name}: ${problem}`))
    }
  }
  return problems
}

function expectedOf(lines: readonly ChatLine[], group: string): Expected {
  const speakers = new Set(lines.map(({ from }) => from))
  return { group, title: lines[0]?.conversation, speakers, contents: lines.map(contentOf) }
}

function differences({ contents, title }: Expected, [first, ...messages]: readonly StoredLine[]): string[] {
  const problems: string[] = []
  if (first?.type !== 'membership' || first.seq !== 1 || first.title !== title) {
    problems.push(`the file begins with ${JSON.stringify(first)}`)
  }
  if (messages.length !== contents.length) problems.push(`${messages.length} messages, not ${contents.length}`)
  const wrong = messages.findIndex((line, index) => contentOf(line) !== contents[index])
  if (wrong >= 0) problems.push(`message ${wrong + 1} is ${JSON.stringify(messages[wrong])}, not ${contents[wrong]}`)
  return problems
}

function contentOf({ id, from, text, replyTo }: ChatLine | StoredLine): string {
  return JSON.stringify([id, from, text, replyTo])
}
