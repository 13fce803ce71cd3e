/** The languages of the console: English and Chinese, by default the browser's own. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { recall, remember } from '../memory.ts'
import en from './en.json'
import zh from './zh.json'

/** The languages, as the switch names them. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const

/** A language. */
export type Language = keyof typeof LANGUAGES

const KEY = 'im-console:language'

/** Makes the texts ready. */
export async function startI18n(): Promise<void> {
  i18next.on('languageChanged', language => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  })
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: preferredLanguage(),
    fallbackLng: 'en',
    initAsync: false, // the texts are here
    interpolation: { escapeValue: false }, // React escapes
  })
}

/** Changes the language, also for the next start. */
export async function setLanguage(language: Language): Promise<void> {
  remember(KEY, language)
  await i18next.changeLanguage(language)
}

function preferredLanguage(): Language {
  const chosen = recall(KEY)
  if (chosen === 'en' || chosen === 'zh') return chosen
  const known = navigator.languages.find(language => /^(en|zh)\b/i.test(language))
  return known?.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}
