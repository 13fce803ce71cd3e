/** Says that a newer build of the console is ready. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect } from 'react'
import { useHost } from '../host/use-host.ts'
import { useTexts } from '../i18n/use-texts.tsx'

/** Watches for newer builds, once, and offers to reload when a newer build waits. */
export function useNewerBuild(): void {
  const { t } = useTexts()
  const host = useHost()
  useEffect(() => {
    const offer = () =>
      notifications.show({
        id: 'newer-build',
        title: t('banner.newer'),
        message: (
          <>
            {t('banner.newerHint')}{' '}
            <Button size="compact-xs" variant="light" onClick={() => void host.reload()}>
              {t('reload')}
            </Button>
          </>
        ),
        autoClose: false,
        closeButtonProps: { 'aria-label': t('close') },
      })
    host.watchBuilds(offer).catch(() => {
      // Without a worker the page needs the network to open; a private window may have none.
    })
  }, [t, host])
}
