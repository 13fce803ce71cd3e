/** One conversation, as a component sees it. */
import { useMemo } from 'react'
import type { Message, OutgoingMessage } from '../../src/index.ts'
import { useStore, useStores } from './provider.ts'
import type { Kind } from './stores.ts'
import { NO_TIMELINE, Timeline, type TimelineState } from './timeline.ts'

/** What {@link useConversation} gives. Its functions stay the same for as long as the conversation does. */
export interface ConversationView extends TimelineState {
  /** Loads the page above. Resolves when it is shown, or its failure is. */
  loadOlder(): Promise<void>
  /** Loads the page below, where `hasNewer`. */
  loadNewer(): Promise<void>
  /** Shows the newest messages, where `hasNewer`. */
  loadNewest(): Promise<void>
  /** Sends a message, and shows it at the end. Resolves when it is durable in the outbox. Rejects as `sendMessage`. */
  send(message: Omit<OutgoingMessage, 'to'>): Promise<Message>
}

const KIND: Kind<TimelineState> = { initial: NO_TIMELINE, Store: Timeline }

/** A conversation by the other side's id or the group's: a window over its messages, and what can be done with it. */
export function useConversation(conversationId: string): ConversationView {
  const stores = useStores()
  const state = useStore(KIND, conversationId)
  const actions = useMemo(() => {
    const load = async (name: 'loadOlder' | 'loadNewer' | 'loadNewest') =>
      (stores.peek(KIND, conversationId) as Timeline | undefined)?.[name]()
    return {
      loadOlder: () => load('loadOlder'),
      loadNewer: () => load('loadNewer'),
      loadNewest: () => load('loadNewest'),
      send: async (message: Omit<OutgoingMessage, 'to'>) => {
        const sent = await stores.client.sendMessage({ ...message, to: conversationId })
        void load('loadNewest')
        return sent
      },
    }
  }, [stores, conversationId])
  return useMemo(() => ({ ...state, ...actions }), [state, actions])
}
