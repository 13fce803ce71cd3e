/** What a message says: plain where it is plain, Markdown where it is not, shortened where it is long. */
import { MAX_TEXT_LENGTH, type Message } from 'im-client'
import { memo, useState } from 'react'
import { readable } from '../../../plain-text/direction.ts'
import { sizeText } from '../format.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { SCROLLABLE } from '../scrollable.ts'
import { DataTree } from './data-tree.tsx'
import { MarkdownText } from './markdown.tsx'
import classes from './message-body.module.css'
import { isPlain, MAX_MARKDOWN, piecesOf, shortened } from './plain.ts'

/** The text and the data of a message. */
export const MessageBody = memo(function MessageBody({ message }: { readonly message: Message }) {
  const { t } = useTexts()
  const { text, data, dataError, deletedAt } = message
  if (deletedAt) return <p className={classes['gone']}>{t('message.deleted')}</p>
  return (
    <div className={classes['body']}>
      {text !== '' && <LongText text={readable(text.slice(0, MAX_TEXT_LENGTH))} />}
      {data !== undefined && <DataTree data={data} />}
      {dataError && <p className={classes['gone']}>{t('message.dataError', { code: dataError })}</p>}
    </div>
  )
})

function LongText({ text }: { readonly text: string }) {
  const { t, i18n } = useTexts()
  const [all, setAll] = useState(false)
  const beginning = shortened(text)
  if (beginning === undefined) return <ShownText text={text} />
  return (
    <>
      {all ? <ShownText text={text} /> : <PlainText text={`${beginning}…`} />}
      <button type="button" className={classes['all']} onClick={() => setAll(!all)} aria-expanded={all}>
        {all ? t('message.showLess') : t('message.showAll', { size: sizeText(text.length, i18n.language) })}
      </button>
    </>
  )
}

function ShownText({ text }: { readonly text: string }) {
  if (text.length > MAX_MARKDOWN) return <HugeText text={text} />
  return isPlain(text) ? <PlainText text={text} /> : <MarkdownText text={text} />
}

/** What would fill the page many times over scrolls by itself. */
function HugeText({ text }: { readonly text: string }) {
  const { t } = useTexts()
  return (
    <section className={classes['huge']} aria-label={t('timeline.text')} {...SCROLLABLE}>
      {piecesOf(text).map(({ at, text }) => (
        <div key={at} className={classes['piece']}>
          {text}
        </div>
      ))}
    </section>
  )
}

function PlainText({ text }: { readonly text: string }) {
  return <p className={classes['plain']}>{text}</p>
}
