/** Going anywhere by its name: conversations, contacts and screens, from the keyboard. */
import { Modal, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { Avatar } from '../directory/avatar.tsx'
import { isGroup, knownAccounts, useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate, type Route, SECTIONS } from '../route.ts'
import { SECTION_ICONS } from './navigation.tsx'
import classes from './palette.module.css'

/** At most so many places are offered. */
const LIMIT = 12

interface Place {
  readonly key: string
  readonly name: string
  readonly route: Route
}

/** The palette. */
export function Palette({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTexts()
  return (
    <Modal.Root opened={opened} onClose={onClose} yOffset="14vh" transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Modal.Body p={0}>
          <PaletteField onDone={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function usePlaces(text: string): readonly Place[] {
  const { t } = useTexts()
  const directory = useDirectory()
  return useMemo(() => {
    const { conversations, nameOf } = directory
    const ids = new Set([...conversations.map(({ conversationId }) => conversationId), ...knownAccounts(directory)])
    const places: Place[] = [
      ...[...ids].map(id => ({ key: id, name: nameOf(id), route: { section: 'chats', id } as const })),
      ...SECTIONS.map(section => ({ key: `/${section}`, name: t(`nav.${section}`), route: { section } })),
    ]
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const fits = ({ key, name }: Place) => words.every(word => `${name} ${key}`.toLocaleLowerCase().includes(word))
    return places.filter(fits).slice(0, LIMIT)
  }, [directory, text, t])
}

function PaletteField({ onDone }: { readonly onDone: () => void }) {
  const { t } = useTexts()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const places = usePlaces(text)
  const go = (place: Place | undefined) => {
    if (!place) return
    onDone()
    navigate(place.route)
  }
  const write = (text: string) => {
    setText(text)
    setAt(0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) setAt((at + step + places.length) % Math.max(1, places.length))
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) go(places[at])
    else return
    event.preventDefault()
  }
  return (
    <>
      <Field
        text={text}
        onWrite={write}
        onKeyDown={onKeyDown}
        chosen={places.length > 0 ? `palette-${at}` : undefined}
      />
      <div id="palette-places" role="listbox" aria-label={t('palette.title')} className={classes['places']}>
        {places.map((place, index) => (
          <PlaceItem
            key={place.key}
            place={place}
            id={`palette-${index}`}
            isCurrent={index === at}
            onGo={() => go(place)}
          />
        ))}
      </div>
      {places.length === 0 && <p className={classes['none']}>{t('palette.none')}</p>}
    </>
  )
}

interface FieldProps {
  readonly text: string
  readonly onWrite: (text: string) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  /** The id of the place that Enter goes to. */
  readonly chosen: string | undefined
}

function Field({ text, onWrite, onKeyDown, chosen }: FieldProps) {
  const { t } = useTexts()
  return (
    <TextInput
      value={text}
      onChange={event => onWrite(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      placeholder={t('palette.placeholder')}
      aria-label={t('palette.title')}
      leftSection={<IconSearch size={18} aria-hidden />}
      size="lg"
      variant="unstyled"
      className={classes['field'] ?? ''}
      data-autofocus
      role="combobox"
      aria-expanded
      aria-controls="palette-places"
      aria-activedescendant={chosen}
    />
  )
}

interface PlaceItemProps {
  readonly place: Place
  readonly id: string
  readonly isCurrent: boolean
  readonly onGo: () => void
}

/** A place. The keys belong to the field, which names the one that is chosen. */
function PlaceItem({ place, id, isCurrent, onGo }: PlaceItemProps) {
  const { section, id: conversationId } = place.route
  const Icon = SECTION_ICONS[section]
  return (
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      tabIndex={-1}
      className={classes['place']}
      onPointerDown={onGo}
    >
      {conversationId === undefined ? (
        <span className={classes['icon']}>
          <Icon size={18} stroke={1.6} aria-hidden />
        </span>
      ) : (
        <Avatar id={conversationId} size="xs" />
      )}
      <bdi>{place.name}</bdi>
      {conversationId !== undefined && conversationId !== place.name && !isGroup(conversationId) && (
        <bdi className={classes['id']}>{conversationId}</bdi>
      )}
    </div>
  )
}
