/** Search in every message that this browser holds. */
import { Loader, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import type { Message } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useEffect, useState } from 'react'
import { Avatar } from '../directory/avatar.tsx'
import { useDirectory } from '../directory/directory.tsx'
import { showError } from '../errors.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { routeHash } from '../route.ts'
import { Screen } from '../shell/screen.tsx'
import { useTimeFormat } from '../use-time-format.tsx'
import { excerpt, marks } from './excerpt.ts'
import classes from './search-screen.module.css'

/** At most so many results are shown. */
const LIMIT = 100
/** A pause in typing after which is searched, in milliseconds. */
const PAUSE_MS = 200

/** The screen of the search. */
export function SearchScreen() {
  const { t } = useTexts()
  const [text, setText] = useState('')
  const [query] = useDebouncedValue(text.trim(), PAUSE_MS)
  const { results, isSearching } = useSearch(query)
  return (
    <Screen title={t('search.title')}>
      <div className={classes['page']}>
        <TextInput
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          placeholder={t('search.placeholder')}
          aria-label={t('search.label')}
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={isSearching ? <Loader size="xs" /> : null}
          size="md"
          type="search"
          data-filter
          autoFocus
        />
        <p className={classes['count']} role="status">
          {results ? t('search.count', { count: results.length }) : t('search.hint')}
        </p>
        <ul className={classes['results']}>
          {results?.map(message => (
            <Result key={`${message.conversationId} ${message.id}`} message={message} query={query} />
          ))}
        </ul>
      </div>
    </Screen>
  )
}

function useSearch(query: string) {
  const client = useClient()
  const [results, setResults] = useState<readonly Message[]>()
  const [isSearching, setSearching] = useState(false)
  useEffect(() => {
    if (query === '') return setResults(undefined)
    let left = false
    setSearching(true)
    client
      .searchMessages({ text: query, limit: LIMIT })
      .then(messages => left || setResults(messages), showError)
      .finally(() => left || setSearching(false))
    return () => {
      left = true
    }
  }, [client, query])
  return { results, isSearching }
}

function Result({ message, query }: { readonly message: Message; readonly query: string }) {
  const { t } = useTexts()
  const { agentId, nameOf } = useDirectory()
  const { short, full } = useTimeFormat()
  const { conversationId, seq, from } = message
  const at = message.acceptedAt ?? message.sentAt
  return (
    <li>
      <a
        className={classes['result']}
        href={routeHash({ section: 'chats', id: conversationId, ...(seq === undefined ? {} : { seq }) })}
      >
        <Avatar id={conversationId} size="sm" />
        <span className={classes['text']}>
          <span className={classes['top']}>
            <bdi className={classes['name']}>{nameOf(conversationId)}</bdi>
            <time dateTime={at} title={full(at)}>
              {short(at, Date.now())}
            </time>
          </span>
          <span className={classes['excerpt']}>
            <bdi className={classes['from']}>{from === agentId ? t('you') : nameOf(from)}: </bdi>
            <bdi>
              <Marked text={excerpt(message.text, query)} query={query} />
            </bdi>
          </span>
        </span>
      </a>
    </li>
  )
}

function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  return marks(text, query).map(({ text, at, isMarked }) =>
    isMarked ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>,
  )
}
