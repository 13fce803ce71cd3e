/** Messages of this client's own among the dead letters, as a program sees them. */
import type { Message } from '../model/message.ts'
import type { DeadLetter, HeldLetter } from '../storage/dead-letters.ts'
import type { Viewpoint } from './status.ts'
import { viewQueued } from './view.ts'

type Unsent = Exclude<DeadLetter, { kind: 'pending' }>

const RULES: Readonly<Record<HeldLetter['rule'], string>> = {
  budget: 'Agents have said too much to each other within a short time.',
  hop: 'The chain of messages that agents have caused by answering each other is too long.',
  receipt: 'It answers what needs no answer.',
}

/** Why a message is held back. */
export function heldFailure({ rule }: HeldLetter) {
  return { code: 'MESSAGE_HELD', message: RULES[rule] } as const
}

/** The message of a letter. What goes on by itself is still queued; an entry that is no message has no view. */
export async function viewUnsent(letter: Unsent, viewpoint: Viewpoint): Promise<Message | undefined> {
  if (letter.entry.type !== 'message') return undefined
  const view = await viewQueued(letter.entry, viewpoint)
  if (letter.kind === 'held' && letter.until !== undefined) return view
  const failure = letter.kind === 'held' ? heldFailure(letter) : letter.failure
  return { ...view, status: failure.code === 'MESSAGE_EXPIRED' ? 'expired' : 'failed', failure }
}
