/** Links that lead into the app from outside: `im-console://chats/<conversation>`. Whatever else they are, they are refused. */
import { isId } from 'im-client'

/** The scheme that the app asks its system for. */
export const LINK_SCHEME = 'im-console'

/** The longest link that is looked at: an id of 255 characters, each encoded. */
const MAX_LINK_LENGTH = 3000

/** The link to a conversation. */
export function conversationLink(conversationId: string): string {
  return `${LINK_SCHEME}://chats/${encodeURIComponent(conversationId)}`
}

/** The conversation that a link leads to; `undefined` for what is no such link. */
export function linkedConversation(link: unknown): string | undefined {
  if (typeof link !== 'string' || link.length > MAX_LINK_LENGTH || !URL.canParse(link)) return undefined
  const { protocol, host, username, password, pathname, search, hash } = new URL(link)
  if (protocol !== `${LINK_SCHEME}:` || host !== 'chats') return undefined
  if (username || password || search || hash) return undefined
  const id = decoded(pathname.slice(1).replace(/\/$/, '')) // some systems put a slash at the end
  return isId(id) ? id : undefined
}

/** The first such link among the arguments of a program: Windows and Linux hand links over there. */
export function conversationAmong(args: readonly string[]): string | undefined {
  return args.map(linkedConversation).find(id => id !== undefined)
}

/** An unencoded slash would be another part of the path. */
function decoded(part: string): string | undefined {
  if (part.includes('/')) return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined // no text in UTF-8
  }
}
