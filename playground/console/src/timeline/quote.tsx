/** What a message answers, in short. */
import type { Message } from 'im-client'
import { previewText } from '../../../plain-text/preview.ts'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { useMessageActions } from './message-actions.ts'
import classes from './quote.module.css'

/** How much of the original is shown. */
const SHOWN = 160

/** The original; a press shows it where it stands. */
export function Quote({ message, quoted }: { readonly message: Message; readonly quoted: Message | undefined }) {
  const { t } = useTexts()
  const { jump } = useMessageActions()
  const { replyTo } = message
  if (replyTo === undefined) return null
  return (
    <button type="button" className={classes['quote']} onClick={() => jump(replyTo)} title={t('message.jump')}>
      <QuoteText message={quoted} />
    </button>
  )
}

/** The name and the beginning of a message. */
export function QuoteText({ message }: { readonly message: Message | undefined }) {
  const { t } = useTexts()
  const { agentId, nameOf } = useDirectory()
  if (!message) return <span className={classes['text']}>{t('message.earlier')}</span>
  const text = message.deletedAt ? t('message.deleted') : previewText(message.text, SHOWN) || t('message.data')
  return (
    <>
      <bdi className={classes['name']}>{message.from === agentId ? t('you') : nameOf(message.from)}</bdi>
      <bdi className={classes['text']}>{text}</bdi>
    </>
  )
}
