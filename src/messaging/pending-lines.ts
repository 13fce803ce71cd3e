/**
 * Which pending message comes next. Those that have to be worked on one after the other stand in one line, by their
 * sequence: the first holds back the others, and so does every one that is being worked on. Of the lines whose turn has
 * come the most important goes first, then the one that has waited longest. Each step costs the logarithm of the number
 * of lines. Times are those of a clock that never jumps, in milliseconds.
 */
import TinyQueue from 'tinyqueue'

/** What of a pending message decides when its turn comes. */
export interface Waiting {
  /** Tells it from every other. */
  readonly name: string
  /** The line that it stands in. */
  readonly line: string
  readonly seq: number
  /** The higher, the sooner. A line is as important as the most important message in it. */
  readonly importance: number
  /** Since when it has waited: an instant as text. */
  readonly since: string
  /** Somebody works on it until then. */
  readonly heldUntil?: number | undefined
  /** It was put off until then. */
  readonly notBefore?: number | undefined
}

/** A line, as {@link PendingLines.turns} gives it. */
export interface Line {
  /** Its messages, by sequence. */
  messages(): Iterable<Waiting>
}

/** Where a line stands among the others: until `opensAt` it is not its turn. */
interface Rank {
  readonly opensAt: number
  readonly importance: number
  readonly since: string
}

/** A line in a heap; out of date once the line has another rank. */
interface Place {
  readonly line: WaitingLine
  readonly rank: Rank
}

/** Heaps may hold twice as many places as there are lines, and this many more, before those out of date are dropped. */
const SLACK = 64

/** See the head of this file. */
export class PendingLines {
  readonly #lines = new Map<string, WaitingLine>()
  /** By importance and age. */
  #open = new TinyQueue<Place>([], byTurn)
  /** By the time at which their turn may come. */
  #closed = new TinyQueue<Place>([], byTime)

  /** Adds a message, or changes one. */
  put(message: Waiting): void {
    const line = this.#lines.get(message.line) ?? new WaitingLine()
    this.#lines.set(message.line, line)
    line.put(message)
    this.#arrange(line)
  }

  /** Takes a message out. */
  delete({ line: name, seq }: Pick<Waiting, 'line' | 'seq'>): void {
    const line = this.#lines.get(name)
    if (!line) return
    line.delete(seq)
    if (line.size === 0) this.#lines.delete(name)
    this.#arrange(line)
  }

  /** The lines whose turn has come, the first first. Nothing may change while they are walked through. */
  *turns(now: number): Generator<Line> {
    this.#openUntil(now)
    const passed: Place[] = []
    try {
      for (let place = this.#open.pop(); place; place = this.#open.pop()) {
        if (!isCurrent(place)) continue
        passed.push(place)
        yield place.line
      }
    } finally {
      for (const place of passed) this.#open.push(place)
    }
  }

  /** One line, if its turn has come. */
  turnOf(name: string, now: number): Line[] {
    const line = this.#lines.get(name)
    return line?.rank && line.rank.opensAt <= now ? [line] : []
  }

  /** The messages of a line, by sequence. */
  messagesOf(name: string): Iterable<Waiting> {
    return this.#lines.get(name)?.messages() ?? []
  }

  /** When the turn of the next line may come that has to wait now; `undefined` where none has to. */
  nextTurnAt(now: number): number | undefined {
    this.#openUntil(now)
    return this.#closed.peek()?.rank.opensAt
  }

  #openUntil(now: number): void {
    for (let place = this.#closed.peek(); place; place = this.#closed.peek()) {
      if (isCurrent(place) && place.rank.opensAt > now) return
      this.#closed.pop()
      if (isCurrent(place)) this.#open.push(place)
    }
  }

  #arrange(line: WaitingLine): void {
    if (!line.rerank()) return
    const { rank } = line
    if (rank === undefined) return
    if (rank.opensAt > Number.NEGATIVE_INFINITY) this.#closed.push({ line, rank })
    else this.#open.push({ line, rank })
    this.#open = this.#compacted(this.#open, byTurn)
    this.#closed = this.#compacted(this.#closed, byTime)
  }

  #compacted(heap: TinyQueue<Place>, order: (a: Place, b: Place) => number): TinyQueue<Place> {
    if (heap.length <= 2 * this.#lines.size + SLACK) return heap
    return new TinyQueue(heap.data.filter(isCurrent), order)
  }
}

/** The messages of one line, by sequence, and its rank. */
class WaitingLine implements Line {
  rank: Rank | undefined
  #messages: Waiting[] = []
  /** What stands before it was taken out: most leave at the front, and moving all others up each time would be dear. */
  #first = 0
  readonly #held = new Map<number, number>()
  readonly #importances = new Map<number, number>()

  get size(): number {
    return this.#messages.length - this.#first
  }

  *messages(): Generator<Waiting> {
    for (let index = this.#first; index < this.#messages.length; index++) yield this.#messages[index] as Waiting
  }

  put(message: Waiting): void {
    const { seq, importance, heldUntil } = message
    const index = this.#indexOf(seq)
    const former = this.#messages[index]
    const known = former?.seq === seq
    this.#messages.splice(index, known ? 1 : 0, message)
    if (known) this.#count(former.importance, -1)
    this.#count(importance, 1)
    if (heldUntil === undefined) this.#held.delete(seq)
    else this.#held.set(seq, heldUntil)
  }

  delete(seq: number): void {
    const index = this.#indexOf(seq)
    const message = this.#messages[index]
    if (message?.seq !== seq) return
    this.#count(message.importance, -1)
    this.#held.delete(seq)
    if (index > this.#first) this.#messages.splice(index, 1)
    else this.#first += 1
    if (this.#first < this.#messages.length / 2) return
    this.#messages = this.#messages.slice(this.#first)
    this.#first = 0
  }

  /** Finds out where it stands now. Gives whether that has changed. */
  rerank(): boolean {
    const { rank } = this
    const next = this.#rank()
    const { opensAt, importance, since } = next ?? {}
    if (rank?.opensAt === opensAt && rank?.importance === importance && rank?.since === since) return false
    this.rank = next
    return true
  }

  #rank(): Rank | undefined {
    const first = this.#messages[this.#first]
    if (!first) return undefined
    const opensAt = Math.max(first.notBefore ?? Number.NEGATIVE_INFINITY, ...this.#held.values())
    return { opensAt, importance: Math.max(...this.#importances.keys()), since: first.since }
  }

  /** Where a sequence is, or would have to be. */
  #indexOf(seq: number): number {
    let [low, high] = [this.#first, this.#messages.length]
    if ((this.#messages[high - 1]?.seq ?? Number.NEGATIVE_INFINITY) < seq) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#messages[middle]?.seq ?? seq) < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  #count(importance: number, change: number): void {
    const count = (this.#importances.get(importance) ?? 0) + change
    if (count > 0) this.#importances.set(importance, count)
    else this.#importances.delete(importance)
  }
}

function isCurrent({ line, rank }: Place): boolean {
  return line.rank === rank
}

function byTurn({ rank: a }: Place, { rank: b }: Place): number {
  return b.importance - a.importance || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)
}

function byTime({ rank: a }: Place, { rank: b }: Place): number {
  return a.opensAt - b.opensAt
}
