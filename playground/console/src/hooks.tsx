/** The client in React: what the screens read, kept up to date. */
import type {
  ConnectionState,
  Contact,
  Conversation,
  DeadLetter,
  DeadLetterQuery,
  IMClient,
  IMError,
  Message,
  OutgoingMessage,
  Presence,
  Stats,
} from 'im-client'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'

/** A conversation, and the message that it ends with. */
export type ConversationSummary = Conversation & { readonly lastMessage?: Message }

const ClientContext = createContext<IMClient | undefined>(undefined)

/** Gives the client to everything below. */
export function IMClientProvider({ client, children }: { readonly client: IMClient; readonly children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>
}

/** The client. */
export function useClient(): IMClient {
  const client = useContext(ClientContext)
  if (!client) throw new TypeError('There is no IMClientProvider.')
  return client
}

/** Where the connection stands. */
export function useConnection(): ConnectionState {
  const client = useClient()
  const [state, setState] = useState(client.state)
  useEffect(() => {
    setState(client.state)
    return client.on('state', setState)
  }, [client])
  return state
}

const EVENTS = ['message', 'status', 'receipt', 'synced', 'state'] as const

/** Reads something anew after each event. */
function useReading<T>(read: () => Promise<T>, initial: T, tick: number) {
  const client = useClient()
  const [value, setValue] = useState(initial)
  const [isLoading, setLoading] = useState(true)
  const [error, setError] = useState<IMError>()
  useEffect(() => {
    let left = false
    const refresh = () =>
      void read().then(
        next => {
          if (left) return
          setValue(next)
          setLoading(false)
          setError(undefined)
        },
        reason => {
          if (left) return
          setError(reason)
          setLoading(false)
        },
      )
    if (tick >= 0) refresh()
    const offs = EVENTS.map(name => client.on(name, refresh))
    const timer = setInterval(refresh, 1000)
    return () => {
      left = true
      clearInterval(timer)
      for (const off of offs) off()
    }
  }, [client, read, tick])
  return { value, isLoading, error }
}

/** The conversations, the newest first. */
export function useConversations() {
  const client = useClient()
  const read = useCallback(async () => {
    const all = await client.listConversations()
    return await Promise.all(
      all.map(async (conversation): Promise<ConversationSummary> => {
        const { conversationId } = conversation
        const [lastMessage] = await client.getConversationHistory({ conversationId, limit: 1 })
        return lastMessage ? { ...conversation, lastMessage } : conversation
      }),
    )
  }, [client])
  const { value, ...rest } = useReading<readonly ConversationSummary[]>(read, [], 0)
  return { conversations: value, ...rest }
}

const PAGE = 50

/** A conversation: its newest messages, and older ones page by page. */
export function useConversation(conversationId: string) {
  const client = useClient()
  const [limit, setLimit] = useState(PAGE)
  const kept = useRef(new Map<string, { readonly text: string; readonly message: Message }>())
  const read = useCallback(async () => {
    const [all, messages] = await Promise.all([
      client.listConversations(),
      client.getConversationHistory({ conversationId, limit }),
    ])
    const same = messages.map(message => {
      const text = JSON.stringify(message)
      const known = kept.current.get(message.id)
      if (known?.text === text) return known.message
      kept.current.set(message.id, { text, message })
      return message
    })
    return { conversation: all.find(item => item.conversationId === conversationId), messages: same }
  }, [client, conversationId, limit])
  const empty: { conversation: Conversation | undefined; messages: readonly Message[] } = useMemo(
    () => ({ conversation: undefined, messages: [] }),
    [],
  )
  const [tick, setTick] = useState(0)
  const { value, ...rest } = useReading(read, empty, tick)
  const first = value.messages.find(({ seq }) => seq !== undefined)
  return {
    ...value,
    ...rest,
    hasOlder: (first?.seq ?? 1) > 1,
    loadOlder: async () => setLimit(limit => limit + PAGE),
    hasNewer: false,
    loadNewer: async () => {},
    send: async (message: Omit<OutgoingMessage, 'to'>) => {
      const sent = await client.sendMessage({ ...message, to: conversationId })
      setTick(tick => tick + 1)
      return sent
    },
  }
}

/** The contacts, by id. */
export function useContacts() {
  const client = useClient()
  const read = useCallback(() => client.listContacts(), [client])
  const { value, ...rest } = useReading<readonly Contact[]>(read, [], 0)
  return { contacts: value, ...rest }
}

/** What waits to be worked on, and what was given up. */
export function usePendingQueue() {
  const client = useClient()
  const read = useCallback(
    async () => ({ deadLetters: await client.listDeadLetters(), stats: await client.stats() }),
    [client],
  )
  const empty = useMemo(() => ({ deadLetters: [] as readonly DeadLetter[], stats: undefined as Stats | undefined }), [])
  const { value, ...rest } = useReading<typeof empty>(read, empty, 0)
  return { ...value, ...rest, redrive: (query?: DeadLetterQuery) => client.redriveDeadLetters(query) }
}

/** Who is online, of those that were heard of. */
export function usePresence(_agentIds?: readonly string[]): ReadonlyMap<string, Presence> {
  const client = useClient()
  const [presence, setPresence] = useState<ReadonlyMap<string, Presence>>(() => new Map())
  useEffect(() => client.on('presence', news => setPresence(known => new Map(known).set(news.agentId, news))), [client])
  return presence
}
