/** Times in the language of the page. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type TimeFormat, timeFormat } from './format.ts'

/** Times in the language of the page. */
export function useTimeFormat(): TimeFormat {
  const { i18n } = useTranslation()
  return useMemo(() => timeFormat(i18n.language), [i18n.language])
}
