/** The address of a screen: what stands behind the `#`, so that the page needs nothing of its server. */
import { useSyncExternalStore } from 'react'

/** The screens that the navigation names. */
export const SECTIONS = ['chats', 'contacts', 'search', 'queue', 'diagnostics'] as const

/** A screen. */
export type Section = (typeof SECTIONS)[number]

/** Where the console is: a screen, what it shows (a conversation, a workspace), and where in it. */
export interface Route {
  readonly section: Section
  readonly id?: string
  /** The sequence number of a message to show. */
  readonly seq?: number
}

/** Reads an address. What is unknown leads to the conversations. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [name = '', id] = path.split('/')
  const section = SECTIONS.find(section => section === name) ?? 'chats'
  const seq = Number(new URLSearchParams(query).get('seq'))
  return {
    section,
    ...(id ? { id: decode(id) } : {}),
    ...(Number.isInteger(seq) && seq > 0 ? { seq } : {}),
  }
}

/** Writes an address. */
export function routeHash({ section, id, seq }: Route): string {
  const path = id === undefined ? section : `${section}/${encodeURIComponent(id)}`
  return `#/${path}${seq === undefined ? '' : `?seq=${seq}`}`
}

/** Goes to a screen. */
export function navigate(route: Route): void {
  location.hash = routeHash(route)
}

/** Where the console is, now and after each change. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return parseRoute(hash)
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // typed by hand
  }
}
