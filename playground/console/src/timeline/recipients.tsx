/** How far a message to a group has come at each of its members. */
import type { Message, RecipientStatus } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useEffect, useState } from 'react'
import { Avatar } from '../directory/avatar.tsx'
import { useDirectory } from '../directory/directory.tsx'
import { showError } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import classes from './recipients.module.css'
import { StatusIcon } from './status-icon.tsx'

/** The members, and the status at each. */
export function Recipients({ message }: { readonly message: Message }) {
  const { t } = useTexts()
  const { nameOf } = useDirectory()
  const recipients = useRecipients(message)
  return (
    <section>
      <h2 className={classes['title']}>{t('recipients.title')}</h2>
      <ul className={classes['list']}>
        {recipients.map(({ agentId, status }) => (
          <li key={agentId} className={classes['item']}>
            <Avatar id={agentId} size="xs" />
            <bdi className={classes['name']}>{nameOf(agentId)}</bdi>
            <span className={classes['word']}>{t(`status.${status}`)}</span>
            <StatusIcon status={status} />
          </li>
        ))}
        {recipients.length === 0 && <li className={classes['word']}>{t('recipients.none')}</li>}
      </ul>
    </section>
  )
}

/** Read anew whenever the message as a whole has come further, or a reader has. */
function useRecipients({ id, status }: Message): readonly RecipientStatus[] {
  const client = useClient()
  const [recipients, setRecipients] = useState<readonly RecipientStatus[]>([])
  useEffect(() => {
    const read = () => void client.getRecipients(id).then(setRecipients, showError)
    if (status) read()
    return client.on('receipt', read)
  }, [client, id, status])
  return recipients
}
