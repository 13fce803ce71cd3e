/** A block of code: its language, its text, and a way to take it along. */
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/use-texts.tsx'
import { SCROLLABLE } from '../scrollable.ts'
import classes from './code-block.module.css'

/** A block of code. */
export interface CodeBlockProps {
  /** What is copied. */
  readonly text: string
  readonly language?: string | undefined
  readonly children: ReactNode
}

/** Code with a button that copies it. */
export function CodeBlock({ text, language, children }: CodeBlockProps) {
  const { t } = useTexts()
  return (
    <figure className={classes['block']}>
      <figcaption className={classes['caption']}>
        <bdi>{language ?? t('message.code')}</bdi>
        <CopyButton text={text} />
      </figcaption>
      {/* Whoever has no mouse scrolls it with the keys, so it can be reached by them. */}
      <pre className={classes['code']} dir="ltr" {...SCROLLABLE}>
        {children}
      </pre>
    </figure>
  )
}

/** Copies a text, and says that it has. */
export function CopyButton({ text }: { readonly text: string }) {
  const { t } = useTexts()
  const { copied, copy } = useClipboard({ timeout: 1500 })
  const Icon = copied ? IconCheck : IconCopy
  return (
    <button type="button" className={classes['copy']} onClick={() => copy(text.replace(/\n$/, ''))}>
      <Icon size={13} aria-hidden />
      <span aria-live="polite">{t(copied ? 'message.copied' : 'message.copy')}</span>
    </button>
  )
}
