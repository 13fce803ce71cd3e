/** The way to the screens: a rail of icons, on a phone a bar below. */
import { Tooltip } from '@mantine/core'
import { IconActivity, IconAddressBook, IconInbox, IconMessages, IconSearch } from '@tabler/icons-react'
import { useDirectory } from '../directory/directory.tsx'
import { useTexts } from '../i18n/use-texts.tsx'
import { routeHash, SECTIONS, type Section } from '../route.ts'
import { AccountMenu } from './account-menu.tsx'
import classes from './navigation.module.css'
import { Preferences } from './preferences.tsx'

/** The picture of each screen. */
export const SECTION_ICONS = {
  chats: IconMessages,
  contacts: IconAddressBook,
  search: IconSearch,
  queue: IconInbox,
  diagnostics: IconActivity,
} as const satisfies Record<Section, unknown>

interface NavigationProps {
  readonly section: Section
  readonly onShortcuts: () => void
}

/** The screens, the present one marked; on a wide page also what belongs to the account. */
export function Navigation({ section, onShortcuts }: NavigationProps) {
  const { t } = useTexts()
  const unread = useDirectory().conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0)
  return (
    <nav className={classes['rail']} aria-label={t('nav.label')}>
      {SECTIONS.map(name => {
        const Icon = SECTION_ICONS[name]
        return (
          <Tooltip key={name} label={t(`nav.${name}`)} position="right" openDelay={300}>
            <a
              href={routeHash({ section: name })}
              className={classes['link']}
              aria-current={name === section ? 'page' : undefined}
            >
              <Icon size={22} stroke={1.6} aria-hidden />
              {name === 'chats' && unread > 0 && (
                <span className={classes['unread']}>
                  {unread > 99 ? '99+' : unread}
                  <span className="visually-hidden"> {t('chats.unread')}</span>
                </span>
              )}
              <span className={classes['label']}>{t(`nav.${name}`)}</span>
            </a>
          </Tooltip>
        )
      })}
      <div className={classes['foot']}>
        <Preferences />
        <AccountMenu onShortcuts={onShortcuts} />
      </div>
    </nav>
  )
}
