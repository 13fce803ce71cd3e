/** The beginning of a message, with whom it is from. Texts of others are data: they are shown as they are, in a few lines. */
import type { Message } from 'im-client'
import { plainName, readable } from '../../../plain-text/direction.ts'
import classes from './queue-screen.module.css'

/** More than this is never put into the page. */
const SHOWN_LENGTH = 500

/** From whom a message is, and how it begins. */
export function MessageExcerpt({ message }: { readonly message: Message }) {
  const { from, to, conversationId, text } = message
  const isGroup = conversationId.startsWith('group-')
  return (
    <>
      <p className={classes['who']}>
        <bdi>{plainName(from)}</bdi>
        {isGroup && (
          <>
            {' → '}
            <bdi>{plainName(to)}</bdi>
          </>
        )}
      </p>
      <p className={classes['text']}>
        <bdi>{readable(text.slice(0, SHOWN_LENGTH))}</bdi>
      </p>
    </>
  )
}
