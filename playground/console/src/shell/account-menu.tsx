/** Who one is here, and the way out. */
import { Menu, Text, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconFolders, IconKeyboard, IconLogout } from '@tabler/icons-react'
import { Avatar } from '../directory/avatar.tsx'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { useSession } from '../session/session.tsx'
import { LanguageItems, SchemeItems } from './preferences.tsx'

/** A menu on one's own face. */
export function AccountMenu({ onShortcuts }: { readonly onShortcuts: () => void }) {
  const { t } = useTexts()
  const { session, signOut } = useSession()
  const { chooser } = useHost()
  const isPhone = useMediaQuery('(max-width: 48em)') // there is no room for menus of their own
  if (!session) return null
  return (
    <Menu position="right-end" shadow="md" withinPortal>
      <Menu.Target>
        <UnstyledButton
          aria-label={t('account.menu', { id: session.agentId })}
          style={{ borderRadius: '50%', lineHeight: 0 }}
        >
          <Avatar id={session.agentId} size="sm" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--text)">
            <bdi>{session.agentId}</bdi>
          </Text>
          <Text size="xs" c="var(--text-quiet)">
            {session.server}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {isPhone && (
          <>
            <LanguageItems />
            <Menu.Divider />
            <SchemeItems />
            <Menu.Divider />
          </>
        )}
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={onShortcuts}>
          {t('shortcuts.title')}
        </Menu.Item>
        {chooser && (
          <Menu.Item leftSection={<IconFolders size={16} />} onClick={chooser.openAnother}>
            {t('workspaces.another')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
