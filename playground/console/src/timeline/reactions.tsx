/** Reactions to a message: each with how many have it, and who. */
import { Tooltip } from '@mantine/core'
import type { Message } from 'im-client'
import { plainName } from '../../../plain-text/direction.ts'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { useMessageActions } from './message-actions.ts'
import classes from './reactions.module.css'

/** The reactions that are offered. */
export const OFFERED_REACTIONS = ['👍', '❤️', '😄', '🎉', '👀', '✅'] as const

/** The longest reaction that is drawn; a reaction can be any text. */
const MAX_LENGTH = 24

/** What a message was given, each a button that gives or takes one's own. */
export function Reactions({
  message,
  reactions,
}: {
  readonly message: Message
  readonly reactions: Readonly<Record<string, readonly string[]>>
}) {
  const { t } = useTexts()
  const { agentId, nameOf } = useDirectory()
  const { react } = useMessageActions()
  const entries = Object.entries(reactions).filter(([, by]) => by.length > 0)
  if (entries.length === 0) return null
  return (
    <ul className={classes['reactions']} aria-label={t('message.reactions')}>
      {entries.map(([reaction, by]) => {
        const names = by.map(id => (id === agentId ? t('you') : nameOf(id))).join(', ')
        return (
          <li key={reaction}>
            <Tooltip label={<bdi>{names}</bdi>} openDelay={200} multiline maw={260}>
              <button
                type="button"
                className={classes['reaction']}
                aria-pressed={by.includes(agentId)}
                onClick={() => react(message, reaction)}
              >
                <bdi>{plainName(reaction.slice(0, MAX_LENGTH))}</bdi>
                <span>{by.length}</span>
                <span className="visually-hidden">{names}</span>
              </button>
            </Tooltip>
          </li>
        )
      })}
    </ul>
  )
}
