/** Language and brightness, as two small buttons. */
import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react'
import { LANGUAGES, type Language, setLanguage } from '../i18n/i18n.ts'
import { useTexts } from '../i18n/use-texts.tsx'

const SCHEMES = [
  { scheme: 'light', Icon: IconSun },
  { scheme: 'dark', Icon: IconMoon },
  { scheme: 'auto', Icon: IconDeviceDesktop },
] as const

/** Chooses the language and the brightness. */
export function Preferences() {
  return (
    <>
      <LanguageMenu />
      <SchemeMenu />
    </>
  )
}

function LanguageMenu() {
  const { t } = useTexts()
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('preferences.language')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.language')}>
            <IconLanguage size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
      </Menu.Dropdown>
    </Menu>
  )
}

function SchemeMenu() {
  const { t } = useTexts()
  const { colorScheme } = useMantineColorScheme()
  const Current = SCHEMES.find(({ scheme }) => scheme === colorScheme)?.Icon ?? IconDeviceDesktop
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t('preferences.scheme')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.scheme')}>
            <Current size={19} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <SchemeItems />
      </Menu.Dropdown>
    </Menu>
  )
}

/** The languages, as items of a menu. */
export function LanguageItems() {
  const { i18n } = useTexts()
  return Object.entries(LANGUAGES).map(([language, name]) => (
    <Menu.Item
      key={language}
      lang={language}
      leftSection={<IconLanguage size={16} stroke={1.6} />}
      fw={i18n.language === language ? 650 : 400}
      onClick={() => void setLanguage(language as Language)}
    >
      {name}
    </Menu.Item>
  ))
}

/** Light, dark, or as the system has it, as items of a menu. */
export function SchemeItems() {
  const { t } = useTexts()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return SCHEMES.map(({ scheme, Icon }) => (
    <Menu.Item
      key={scheme}
      leftSection={<Icon size={16} stroke={1.6} />}
      fw={colorScheme === scheme ? 650 : 400}
      onClick={() => setColorScheme(scheme)}
    >
      {t(`preferences.${scheme}`)}
    </Menu.Item>
  ))
}
