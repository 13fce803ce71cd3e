/** Times in the language of the page. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { type TimeFormat, timeFormat } from './format.ts'
import { useTexts } from './i18n/use-texts.tsx'

const TimeFormatContext = createContext<TimeFormat | undefined>(undefined)

/** Makes the formats for everything below, once for each language: a browser takes longer to make one than to use it a hundred times. */
export function TimeFormatProvider({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTexts()
  const format = useMemo(() => timeFormat(i18n.language), [i18n.language])
  return <TimeFormatContext value={format}>{children}</TimeFormatContext>
}

/** Times in the language of the page. */
export function useTimeFormat(): TimeFormat {
  const format = useContext(TimeFormatContext)
  if (!format) throw new TypeError('There is no TimeFormatProvider.')
  return format
}
