/** The place of everything that lies above the page: a landmark, so that nothing is outside of one. */
import { useTranslation } from 'react-i18next'

/** The id of the place. */
export const LAYERS = 'layers'

/** The place. It has to be there before what goes into it. */
export function Layers() {
  const { t } = useTranslation()
  return <section id={LAYERS} aria-label={t('layers')} />
}
