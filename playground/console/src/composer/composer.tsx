/** Where one writes: a field that grows, and above it what is answered or changed. */
import { ActionIcon, Textarea } from '@mantine/core'
import { IconArrowUp, IconCheck, IconX } from '@tabler/icons-react'
import { MAX_TEXT_LENGTH, type Message } from 'im-client'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { errorCode, errorText } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { QuoteText } from '../timeline/quote.tsx'
import classes from './composer.module.css'
import { useDrafts } from './drafts.tsx'

/** What a text is for, where it is not just said. */
export interface Mode {
  readonly kind: 'reply' | 'edit'
  readonly message: Message
}

/** What a composer needs. */
export interface ComposerProps {
  readonly conversationId: string
  readonly mode: Mode | undefined
  /** Ends answering or changing. */
  readonly onModeEnd: () => void
  /** Says the text, or changes one. Rejects where it cannot be. */
  readonly onSubmit: (text: string, mode: Mode | undefined) => Promise<void>
  /** Called where the last message of one's own is wanted for a change. */
  readonly onEditLast: () => void
}

function useComposer({ conversationId, mode, onModeEnd, onSubmit }: ComposerProps) {
  const drafts = useDrafts()
  const [text, setText] = useState(drafts.get(conversationId) ?? '')
  const [error, setError] = useState<unknown>()
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (mode?.kind === 'edit') setText(mode.message.text)
    if (mode) field.current?.focus()
  }, [mode])
  const write = (next: string) => {
    setText(next)
    setError(undefined)
    if (mode?.kind !== 'edit') drafts.set(conversationId, next)
  }
  const endMode = () => {
    if (mode?.kind === 'edit') setText(drafts.get(conversationId) ?? '')
    onModeEnd()
  }
  const submit = async () => {
    if (text.trim() === '') return
    try {
      await onSubmit(text, mode)
      if (mode?.kind === 'edit') return endMode()
      drafts.delete(conversationId)
      setText(now => (now === text ? '' : now))
      onModeEnd()
    } catch (error) {
      setError(error)
    }
  }
  return { text, write, submit, endMode, error, field }
}

/** The field, its button, and what is wrong. */
export function Composer(props: ComposerProps) {
  const { t } = useTexts()
  const { mode, onEditLast } = props
  const { text, write, submit, endMode, error, field } = useComposer(props)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return // an input method is being used
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'Escape' && mode) {
      event.stopPropagation()
      endMode()
    } else if (event.key === 'ArrowUp' && text === '' && !mode) {
      event.preventDefault()
      onEditLast()
    }
  }
  return (
    <div className={classes['composer']}>
      {mode && <ModeBar mode={mode} onEnd={endMode} />}
      {error !== undefined && <Problem error={error} length={text.length} />}
      <div className={classes['line']}>
        <Field field={field} text={text} onWrite={write} onKeyDown={onKeyDown} />
        <ActionIcon
          size={40}
          radius="xl"
          onClick={() => void submit()}
          disabled={text.trim() === ''}
          aria-label={t(mode?.kind === 'edit' ? 'composer.save' : 'composer.send')}
        >
          {mode?.kind === 'edit' ? <IconCheck size={20} /> : <IconArrowUp size={20} stroke={2.2} />}
        </ActionIcon>
      </div>
    </div>
  )
}

/** Whether the browser itself makes a field as high as its text: measured by a program, it is laid out several times. */
const SIZES_ITSELF = CSS.supports('field-sizing', 'content')

interface FieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onWrite: (text: string) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function Field({ field, text, onWrite, onKeyDown }: FieldProps) {
  const { t } = useTexts()
  return (
    <Textarea
      ref={field}
      className={classes['field']}
      classNames={{ input: classes['input'] ?? '' }}
      value={text}
      onChange={event => onWrite(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      placeholder={t('composer.placeholder')}
      aria-label={t('composer.label')}
      rows={1}
      {...(SIZES_ITSELF ? {} : { autosize: true, maxRows: 10 })}
      dir="auto"
      data-composer
    />
  )
}

function ModeBar({ mode, onEnd }: { readonly mode: Mode; readonly onEnd: () => void }) {
  const { t } = useTexts()
  return (
    <div className={classes['mode']}>
      <div className={classes['quoted']}>
        {mode.kind === 'edit' ? <span className={classes['word']}>{t('composer.editing')}</span> : null}
        <QuoteText message={mode.message} />
      </div>
      <ActionIcon variant="subtle" color="gray" onClick={onEnd} aria-label={t('cancel')}>
        <IconX size={17} />
      </ActionIcon>
    </div>
  )
}

/** Why a text was not sent. It stays where it is. */
function Problem({ error, length }: { readonly error: unknown; readonly length: number }) {
  const { t, i18n } = useTexts()
  const number = new Intl.NumberFormat(i18n.language)
  const code = errorCode(error)
  return (
    <p className={classes['problem']} role="alert">
      {code === 'MESSAGE_TOO_LARGE'
        ? t('composer.tooLong', { length: number.format(length), limit: number.format(MAX_TEXT_LENGTH) })
        : errorText(error)}
      {code && <code>{code}</code>}
    </p>
  )
}
