/** Statuses have causes: what a client shows of a message is held against what the others have on their disks at that moment. */
import type { IMClient, ReaderReceipt } from '../../../src/index.ts'
import { type Disk, filesOf } from '../disk/disk.ts'
import type { Life } from '../engine/life.ts'
import type { ClientParty } from '../parties/client-party.ts'
import { workName } from './truth.ts'

/** A message of one's own that the server has accepted. */
interface Accepted {
  readonly id: string
  readonly seq: number
}

/** Checks everything that a client tells of its own messages. */
export function watchStatuses(client: IMClient, life: Life, party: ClientParty): void {
  const { truth } = party.surroundings
  const accepted = new Map<string, Accepted[]>()
  client.on('status', ({ id, seq, conversationId, status }) => {
    if (!life.isAlive) return
    if (status === 'failed') truth.excused.add(id)
    if (status === 'failed' || status === 'expired' || seq === undefined) return
    party.surroundings.counts.add('messages accepted')
    if (!party.world.serverDisks.some(disk => isDurable(disk, '/srv', id)))
      truth.violate('nothing is accepted before the server has it', `${life.name} shows ${id} as ${status}`)
    accepted.set(conversationId, [...(accepted.get(conversationId) ?? []), { id, seq }])
  })
  client.on('receipt', receipt => {
    if (!life.isAlive || receipt.reader === party.name) return
    truth.note(`${life.name} is told ${JSON.stringify(receipt)}`)

    new ReceiptCheck(party, life, receipt).run(accepted.get(receipt.conversationId) ?? [])
  })
}

class ReceiptCheck {
  readonly #party: ClientParty
  readonly #life: Life
  readonly #receipt: ReaderReceipt

  constructor(party: ClientParty, life: Life, receipt: ReaderReceipt) {
    this.#party = party
    this.#life = life
    this.#receipt = receipt
  }

  run(accepted: readonly Accepted[]): void {
    const { delivered = 0, read = 0, done = 0, outcomes = {}, above } = this.#receipt
    for (const { id, seq } of accepted) {
      if (seq <= above) continue // of a server that was lost
      if (seq <= delivered && !this.#isStored(id)) this.#violate('nothing is delivered before it is stored', id)
      const outcome = outcomes[seq]
      if (outcome !== undefined && outcome !== 'done') continue
      if (seq <= read && !this.#isTaken(id)) this.#violate('nothing is read before somebody has it', id)
      if (seq <= done || outcome === 'done') this.#isDone(id)
    }
  }

  #isStored(id: string): boolean {
    const disk = this.#party.world.diskOf(this.#receipt.reader)
    return disk === undefined || isDurable(disk, '/ws', id)
  }

  /** Of those who work on a queue it is not known here which claims are being stored. */
  #isTaken(id: string): boolean {
    const { reader } = this.#receipt
    const { truth } = this.#party.surroundings
    if (this.#party.world.roleOf(reader) !== 'interactive') return true
    const who = workName(reader, { id, from: this.#party.name })
    return truth.begun.has(who) || truth.markedRead.has(who) || this.#isAnswer(id)
  }

  #isDone(id: string): void {
    const { truth } = this.#party.surroundings
    const who = workName(this.#receipt.reader, { id, from: this.#party.name })
    if (this.#isAnswer(id)) return
    truth.shownDone.add(who)
    if (!truth.ended.has(who)) this.#violate('nothing is done before the work on it has ended', id)
  }

  /** What answers a question is taken by whoever asked, and news of progress by nobody: both are what nobody works on. */
  #isAnswer(id: string): boolean {
    return !this.#party.surroundings.truth.sent.has(id)
  }

  #violate(invariant: string, id: string): void {
    const text = `${this.#life.name} shows ${JSON.stringify(this.#receipt)}, which covers ${id}`
    this.#party.surroundings.truth.violate(invariant, text)
  }
}

/** Whether an event of this id would survive a power loss that drops everything which was not synced. */
export function isDurable(disk: Disk, root: string, id: string): boolean {
  const needle = Buffer.from(`"id":${JSON.stringify(id)}`)
  for (const [path, bytes] of filesOf(disk, root, true)) {
    if (!path.endsWith('.jsonl')) continue
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(needle)) return true
  }
  return false
}
