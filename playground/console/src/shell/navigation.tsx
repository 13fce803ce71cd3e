/** The way to the screens: a rail of icons, on a phone a bar below. */
import { Tooltip } from '@mantine/core'
import { IconActivity, IconAddressBook, IconInbox, IconMessages, IconSearch } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { routeHash, SECTIONS, type Section } from '../route.ts'
import classes from './navigation.module.css'

const ICONS = {
  chats: IconMessages,
  contacts: IconAddressBook,
  search: IconSearch,
  queue: IconInbox,
  diagnostics: IconActivity,
} as const satisfies Record<Section, unknown>

/** The screens, the present one marked. */
export function Navigation({ section }: { readonly section: Section }) {
  const { t } = useTranslation()
  return (
    <nav className={classes['rail']} aria-label={t('nav.label')}>
      {SECTIONS.map(name => {
        const Icon = ICONS[name]
        return (
          <Tooltip key={name} label={t(`nav.${name}`)} position="right" openDelay={300}>
            <a
              href={routeHash({ section: name })}
              className={classes['link']}
              aria-current={name === section ? 'page' : undefined}
            >
              <Icon size={22} stroke={1.6} aria-hidden />
              <span className={classes['label']}>{t(`nav.${name}`)}</span>
            </a>
          </Tooltip>
        )
      })}
    </nav>
  )
}
