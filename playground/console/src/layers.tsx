/** The place of everything that lies above the page: a landmark, so that nothing is outside of one. */
import { useTexts } from './i18n/use-texts.tsx'

/** The id of the place. */
export const LAYERS = 'layers'

/** The place. It has to be there before what goes into it. */
export function Layers() {
  const { t } = useTexts()
  return <section id={LAYERS} aria-label={t('layers')} />
}
