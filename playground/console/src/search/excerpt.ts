/** The part of a message that shows why it was found. Pure. */

import { readable } from '../../../plain-text/direction.ts'

/** Characters before the first word that was found. */
const BEFORE = 60
const LENGTH = 220

/** A piece of a text. */
export interface Piece {
  readonly text: string
  /** Where it begins. */
  readonly at: number
  readonly isMarked: boolean
}

/** The text around the first of the words, on one line. */
export function excerpt(text: string, query: string): string {
  const found = firstOf(text, query)
  const start = Math.max(0, found - BEFORE)
  const line = readable(text.slice(start, start + LENGTH))
    .replace(/\s+/g, ' ')
    .trim()
  return `${start > 0 ? '…' : ''}${line}${start + LENGTH < text.length ? '…' : ''}`
}

/** The text in pieces: those that are words of the query, and those between. */
export function marks(text: string, query: string): Piece[] {
  const words = wordsOf(query)
  if (words.length === 0) return [{ text, at: 0, isMarked: false }]
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(new RegExp(words.map(escaped).join('|'), 'giu'))) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), at, isMarked: false })
    pieces.push({ text: match[0], at: match.index, isMarked: true })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), at, isMarked: false })
  return pieces
}

function firstOf(text: string, query: string): number {
  const lower = text.toLowerCase()
  const places = wordsOf(query).map(word => lower.indexOf(word.toLowerCase()))
  const found = places.filter(place => place >= 0)
  return found.length > 0 ? Math.min(...found) : 0
}

function wordsOf(query: string): string[] {
  return query.split(/\s+/u).filter(Boolean)
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
