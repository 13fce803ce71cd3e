/** A face for an account or a group: its initials on a colour of its own, and whether it is online. */
import { IconUsers } from '@tabler/icons-react'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './avatar.module.css'
import { isGroup, useDirectory } from './directory.tsx'

/** How many colours there are in the style sheet. */
const COLOURS = 8

/** What an avatar shows. */
export interface AvatarProps {
  readonly id: string
  readonly size?: 'xs' | 'sm' | 'md' | 'lg'
  /** Whether to draw the dot of presence. */
  readonly presence?: boolean
}

/** The face of an account. It says nothing that the name beside it does not, but for the presence. */
export function Avatar({ id, size = 'md', presence }: AvatarProps) {
  const { t } = useTexts()
  const { nameOf, isOnline } = useDirectory()
  const online = presence ? isOnline(id) : undefined
  return (
    <span className={classes['avatar']} data-size={size} data-colour={colourOf(id)}>
      <span aria-hidden>{isGroup(id) ? <IconUsers size="55%" stroke={1.8} /> : initialsOf(nameOf(id))}</span>
      {online !== undefined && (
        <span
          className={classes['presence']}
          data-online={online}
          role="img"
          aria-label={t(online ? 'presence.online' : 'presence.offline')}
        />
      )}
    </span>
  )
}

/** One or two letters of a name; of a Chinese one its last character. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  const [first = '', second = ''] = words
  if (/\p{Script=Han}/u.test(first)) return [...first].at(-1) ?? ''
  const letters = second ? firstLetter(first) + firstLetter(second) : [...first].slice(0, 2).join('')
  return letters.toUpperCase() || '?'
}

/** The same colour for the same id, always. */
export function colourOf(id: string): number {
  let hash = 7
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973
  return hash % COLOURS
}

function firstLetter(word: string): string {
  return [...word][0] ?? ''
}
