/** The pending queue of a digital employee, as a component sees it. */
import { useCallback, useMemo } from 'react'
import type { Change, DeadLetter, DeadLetterQuery, PendingEntry, Stats } from '../../src/index.ts'
import { keep, keepList, nameOfMessage } from './identity.ts'
import { useClient, useStore } from './provider.ts'
import { type Loadable, type News, Store } from './store.ts'
import type { Kind } from './stores.ts'

interface Queue extends Loadable {
  /** What is still to do, oldest first. */
  readonly items: readonly PendingEntry[]
  /** What was given up or held back, the oldest first. */
  readonly deadLetters: readonly DeadLetter[]
  /** The client's numbers, as they were when the queue last changed. */
  readonly stats?: Stats
}

/** What {@link usePendingQueue} gives. */
export interface PendingQueue extends Queue {
  /** Tries dead letters once more; gives how many. Rejects as `redriveDeadLetters`. */
  redrive(query?: DeadLetterQuery): Promise<number>
}

const nameOf = ({ message }: PendingEntry | DeadLetter) => nameOfMessage(message)

class QueueStore extends Store<Queue> {
  protected override concerns({ queue, deadLetters }: Change): boolean {
    return queue || deadLetters
  }

  protected override async read(news: News) {
    const { client, state } = this
    const [items, deadLetters, stats] = await Promise.all([
      news.some(change => change?.queue ?? true) ? client.listPending() : state.items,
      news.some(change => change?.deadLetters ?? true) ? client.listDeadLetters() : state.deadLetters,
      client.stats(),
    ])
    return {
      items: keepList<PendingEntry>(state.items, items, nameOf),
      deadLetters: keepList<DeadLetter>(state.deadLetters, deadLetters, nameOf),
      stats: keep(state.stats, stats),
    }
  }
}

const KIND: Kind<Queue> = {
  initial: { items: [], deadLetters: [], isLoading: true },
  Store: QueueStore,
}

/** What a digital employee has still to do, and what it has given up. Looking takes nothing. */
export function usePendingQueue(): PendingQueue {
  const client = useClient()
  const queue = useStore(KIND)
  const redrive = useCallback((query?: DeadLetterQuery) => client.redriveDeadLetters(query), [client])
  return useMemo(() => ({ ...queue, redrive }), [queue, redrive])
}
