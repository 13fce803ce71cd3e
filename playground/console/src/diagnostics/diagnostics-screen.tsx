/** The console's own connection, drawn over time. */
import { useTranslation } from 'react-i18next'
import { Screen } from '../shell/screen.tsx'

/** Round-trip time, queue depth and reconnects. */
export function DiagnosticsScreen() {
  const { t } = useTranslation()
  return <Screen title={t('nav.diagnostics')}>{null}</Screen>
}
