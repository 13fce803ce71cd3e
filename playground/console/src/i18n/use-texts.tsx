/** The texts of the page in its language, asked for once: a hook of the library makes a copy of all of it wherever it stands. */
import { createContext, type ReactNode, useContext } from 'react'
import { type UseTranslationResponse, useTranslation } from 'react-i18next'

type Texts = UseTranslationResponse<'translation', undefined>

const TextsContext = createContext<Texts | undefined>(undefined)

/** Gives the texts to everything below. */
export function TextsProvider({ children }: { readonly children: ReactNode }) {
  return <TextsContext value={useTranslation()}>{children}</TextsContext>
}

/** The texts. */
export function useTexts(): Texts {
  const texts = useContext(TextsContext)
  if (!texts) throw new TypeError('There is no TextsProvider.')
  return texts
}
