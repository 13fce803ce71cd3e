/** The data of a message, as a tree that opens where one looks. */
import { IconBraces } from '@tabler/icons-react'
import { useState } from 'react'
import { plainName } from '../../../plain-text/direction.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { SCROLLABLE } from '../scrollable.ts'
import { CopyButton } from './code-block.tsx'
import classes from './data-tree.module.css'

/** Entries of one level that are drawn at once. */
const PAGE = 100
/** The longest text that is drawn. */
const MAX_TEXT = 2000

/** The data, closed at first. */
export function DataTree({ data }: { readonly data: unknown }) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  return (
    <details className={classes['data']} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary className={classes['summary']}>
        <IconBraces size={14} aria-hidden />
        <span>{t('message.data')}</span>
        <code className={classes['preview']}>{previewOf(data)}</code>
      </summary>
      {open && (
        <section className={classes['tree']} dir="ltr" {...SCROLLABLE} aria-label={t('message.data')}>
          <div className={classes['copy']}>
            <CopyButton text={jsonOf(data)} />
          </div>
          <Value value={data} />
        </section>
      )}
    </details>
  )
}

function Value({ value }: { readonly value: unknown }) {
  const entries = entriesOf(value)
  if (!entries) return <Scalar value={value} />
  return <Entries entries={entries} />
}

function Entries({ entries }: { readonly entries: readonly (readonly [string, unknown])[] }) {
  const { t } = useTexts()
  const [shown, setShown] = useState(PAGE)
  return (
    <ul className={classes['entries']}>
      {entries.slice(0, shown).map(([key, value]) => (
        <li key={key}>
          <Entry name={key} value={value} />
        </li>
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" className={classes['more']} onClick={() => setShown(shown + PAGE)}>
            {t('message.moreEntries', { count: entries.length - shown })}
          </button>
        </li>
      )}
    </ul>
  )
}

function Entry({ name, value }: { readonly name: string; readonly value: unknown }) {
  const entries = entriesOf(value)
  const [open, setOpen] = useState(false)
  const key = <bdi className={classes['key']}>{plainName(name)}</bdi>
  if (!entries || entries.length === 0) {
    return (
      <span>
        {key}: <Scalar value={value} />
      </span>
    )
  }
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {key}: <span className={classes['hint']}>{previewOf(value)}</span>
      </summary>
      {open && <Entries entries={entries} />}
    </details>
  )
}

function Scalar({ value }: { readonly value: unknown }) {
  const text = plainName(scalarText(value))
  return (
    <bdi className={classes['scalar']} data-type={typeof value}>
      {text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text}
    </bdi>
  )
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Map) return [...value].map(([key, item]) => [scalarText(key), item])
  if (value instanceof Set) return [...value].map((item, index) => [String(index), item])
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item])
  const proto = Object.getPrototypeOf(value)
  return proto === Object.prototype || proto === null ? Object.entries(value) : undefined
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString()
  if (Array.isArray(value)) return '[]'
  if (value instanceof Error || value instanceof RegExp || value instanceof URL) return String(value)
  return typeof value === 'object' && value !== null ? '{}' : String(value)
}

function previewOf(value: unknown): string {
  const entries = entriesOf(value)
  if (!entries) return plainName(scalarText(value).slice(0, 60))
  const isList = Array.isArray(value) || value instanceof Set
  if (isList) return `[${entries.length}]`
  const names = entries.slice(0, 4).map(([key]) => plainName(key.slice(0, 20)))
  return `{ ${names.join(', ')}${entries.length > 4 ? ', …' : ''} }`
}

function jsonOf(data: unknown): string {
  const plain = (_: string, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Map) return Object.fromEntries(value)
    return value instanceof Set ? [...value] : value
  }
  try {
    return JSON.stringify(data, plain, 2) ?? String(data)
  } catch {
    return String(data) // it contains itself
  }
}
