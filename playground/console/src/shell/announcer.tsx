/** Tells those who hear the page of new messages, and the window's title how many are unread. */
import type { Message } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useEffect, useState } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'

/** How much of a message is told. */
const SPOKEN = 200

/** A live region that nobody sees. */
export function Announcer() {
  const { t } = useTexts()
  const client = useClient()
  const { nameOf, conversations } = useDirectory()
  const [message, setMessage] = useState<Message>()
  useEffect(() => client.on('message', setMessage), [client])
  const unread = conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0)
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t('app')}` : t('app')
  }, [unread, t])
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {message && t('announce', { name: nameOf(message.from), text: readable(message.text.slice(0, SPOKEN)) })}
    </div>
  )
}
