/** The keys that do something everywhere, and the sheet that tells of them. */
import { Kbd, Modal } from '@mantine/core'
import { useEffect, useEffectEvent } from 'react'
import { useTexts } from '../i18n/use-texts.tsx'
import { navigate, type Route, SECTIONS } from '../route.ts'
import classes from './shortcuts.module.css'

/** The keys, as the sheet names them. `Mod` is Command on a Mac and Control elsewhere. */
const SHORTCUTS = [
  { keys: ['Mod', 'K'], text: 'palette' },
  { keys: ['Mod', '1–5'], text: 'sections' },
  { keys: ['Alt', '↑ ↓'], text: 'neighbours' },
  { keys: ['/'], text: 'filter' },
  { keys: ['↑ ↓'], text: 'messages' },
  { keys: ['Enter'], text: 'send' },
  { keys: ['Shift', 'Enter'], text: 'newline' },
  { keys: ['↑'], text: 'editLast' },
  { keys: ['Esc'], text: 'escape' },
  { keys: ['?'], text: 'sheet' },
] as const

/** What lies above the page, and has the keys for itself. */
const LAYERS = '[role="dialog"], [role="menu"]'

/** What the keys reach. */
export interface ShortcutDoings {
  readonly route: Route
  /** Ids of the conversations, in the order of their list. */
  readonly conversationIds: readonly string[]
  readonly onPalette: () => void
  readonly onSheet: () => void
}

/** Listens to the keys. */
export function useShortcuts(doings: ShortcutDoings): void {
  const onKey = useEffectEvent((event: KeyboardEvent, hasLayer: boolean) => {
    if (event.defaultPrevented || event.isComposing) return
    if (handle(event, hasLayer, doings)) event.preventDefault()
  })
  useEffect(() => {
    // A layer that a key closes is gone when the key arrives here: whether there was one is seen before.
    let hasLayer = false
    const look = () => {
      hasLayer = document.querySelector(LAYERS) !== null
    }
    const listen = (event: KeyboardEvent) => onKey(event, hasLayer)
    window.addEventListener('keydown', look, true)
    window.addEventListener('keydown', listen)
    return () => {
      window.removeEventListener('keydown', look, true)
      window.removeEventListener('keydown', listen)
    }
  }, [])
}

/** Does what a key is for. Gives whether it is for anything. */
function handle(event: KeyboardEvent, hasLayer: boolean, doings: ShortcutDoings): boolean {
  const { route, conversationIds, onPalette, onSheet } = doings
  const { key } = event
  if (event.ctrlKey || event.metaKey) {
    const section = SECTIONS[Number(key) - 1]
    if (key.toLowerCase() === 'k') onPalette()
    else if (section) navigate({ section })
    else return false
    return true
  }
  if (hasLayer) return false
  if (event.altKey) return (key === 'ArrowUp' || key === 'ArrowDown') && toNeighbour(key, route, conversationIds)
  if (isTyping(event.target)) return key === 'Escape' && leaveField(event.target)
  if (key === '?') onSheet()
  else if (key === '/') document.querySelector<HTMLInputElement>('[data-filter] input, input[data-filter]')?.focus()
  else if (key === 'Escape' && route.section === 'chats' && route.id !== undefined) navigate({ section: 'chats' })
  else return false
  return true
}

function toNeighbour(key: string, route: Route, ids: readonly string[]): boolean {
  const at = route.id === undefined ? -1 : ids.indexOf(route.id)
  const id = ids[Math.max(0, at + (key === 'ArrowUp' ? -1 : 1))]
  if (id !== undefined) navigate({ section: 'chats', id })
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
}

function leaveField(target: EventTarget | null): boolean {
  if (target instanceof HTMLElement) target.blur()
  return true
}

/** The sheet of the keys. */
export function ShortcutSheet({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTexts()
  const mod = /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl'
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      <dl className={classes['list']}>
        {SHORTCUTS.map(({ keys, text }) => (
          <div key={text} className={classes['item']}>
            <dt>{t(`shortcuts.${text}`)}</dt>
            <dd>
              {keys.map(key => (
                <Kbd key={key}>{key === 'Mod' ? mod : key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
