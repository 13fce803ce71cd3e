/** Who is who: names, descriptions and presence, read once for every screen. */
import type { Contact, Conversation } from 'im-client'
import { type ConversationSummary, useContacts, useConversations, usePresence } from 'im-client/adapters/react'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { plainName } from '../../../plain-text/direction.ts'
import { useAgentId } from '../session/session.tsx'

/** What is known of accounts and conversations. */
export interface Directory {
  readonly agentId: string
  readonly contacts: ReadonlyMap<string, Contact>
  readonly conversations: readonly ConversationSummary[]
  readonly isLoading: boolean
  /** The name of an account or group: as the contacts call it, or its title, or its id. */
  nameOf(id: string): string
  /** Whether an account is online, where that is known. */
  isOnline(id: string): boolean | undefined
}

/** Gives a directory to everything below. */
export const DirectoryContext = createContext<Directory | undefined>(undefined)

/** The directory. */
export function useDirectory(): Directory {
  const directory = useContext(DirectoryContext)
  if (!directory) throw new TypeError('There is no DirectoryProvider.')
  return directory
}

/** Keeps the directory for everything below. */
export function DirectoryProvider({ children }: { readonly children: ReactNode }) {
  const agentId = useAgentId()
  const { contacts } = useContacts()
  const { conversations, isLoading } = useConversations()
  const presence = usePresence(usePeople(agentId, contacts, conversations))
  const directory = useMemo<Directory>(() => {
    const byId = new Map(contacts.map(contact => [contact.contactId, contact]))
    const titles = new Map(conversations.map(({ conversationId, title }) => [conversationId, title]))
    return {
      agentId,
      contacts: byId,
      conversations,
      isLoading,
      nameOf: id => plainName(byId.get(id)?.name || titles.get(id) || id),
      isOnline: id => presence.get(id)?.online,
    }
  }, [agentId, contacts, conversations, isLoading, presence])
  return <DirectoryContext value={directory}>{children}</DirectoryContext>
}

/** Everybody whose presence is of interest: the same list for as long as nobody comes or goes. */
function usePeople(
  agentId: string,
  contacts: readonly Contact[],
  conversations: readonly ConversationSummary[],
): readonly string[] {
  const ids = new Set([
    ...contacts.map(({ contactId }) => contactId),
    ...conversations.flatMap(one => one.participants),
  ])
  const text = JSON.stringify([...ids].filter(id => id !== agentId && !isGroup(id)).sort())
  return useMemo(() => JSON.parse(text), [text])
}

/** Everybody who can be written to: contacts, and whoever takes part in a conversation. The account itself is none. */
export function knownAccounts({ agentId, contacts, conversations }: Directory): string[] {
  const ids = new Set(contacts.keys())
  for (const { participants } of conversations) for (const id of participants) ids.add(id)
  ids.delete(agentId)
  return [...ids].filter(id => !id.startsWith('group-')).sort()
}

/** Whether an id, or a conversation, is that of a group. */
export function isGroup(of: string | Pick<Conversation, 'conversationId'>): boolean {
  return (typeof of === 'string' ? of : of.conversationId).startsWith('group-')
}
