/** The pending queue of a digital employee: its items, leases and attempts, and its dead letters. */
import { useTranslation } from 'react-i18next'
import { Screen } from '../shell/screen.tsx'

/** The queue of the workspace `workspace`, or a list of those that the person may see. */
export function QueueScreen({ workspace: _ }: { readonly workspace?: string | undefined }) {
  const { t } = useTranslation()
  return <Screen title={t('nav.queue')}>{null}</Screen>
}
