/** What went wrong, kindly, with the code for whoever has to look it up. */
import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import { IMError } from 'im-client'
import en from './i18n/en.json'

/** A sentence on an error: the console's own where it has one, the error's otherwise. */
export function errorText(error: unknown): string {
  if (!(error instanceof IMError)) return error instanceof Error ? error.message : String(error)
  return isKnown(error.code) ? i18next.t(`errors.${error.code}`) : error.message
}

/** The code of an error, where it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof IMError ? error.code : undefined
}

/** Shows an error that no place of the screen is responsible for. */
export function showError(error: unknown): void {
  const code = errorCode(error)
  notifications.show({
    color: 'red',
    title: errorText(error),
    message: code,
    autoClose: 8000,
    closeButtonProps: { 'aria-label': i18next.t('close') },
  })
}

function isKnown(code: string): code is keyof typeof en.errors {
  return Object.hasOwn(en.errors, code)
}
