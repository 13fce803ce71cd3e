/** The texts in their languages say the same things with the same gaps. */
import { IM_ERROR_CODES } from 'im-client'
import { describe, expect, test } from 'vitest'
import en from '../../../../../playground/console/src/i18n/en.json'
import zh from '../../../../../playground/console/src/i18n/zh.json'

/** Every text by its key, as `a.b`. */
function textsOf(tree: object, prefix = ''): [key: string, text: string][] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`${prefix}${name}`, value] as const] : textsOf(value, `${prefix}${name}.`),
  ) as [string, string][]
}

/** What is filled in, as `{{name}}`. */
const gapsOf = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()

/** Without what is said of one thing: Chinese says of one what it says of many. */
const comparable = (tree: object) => new Map(textsOf(tree).filter(([key]) => !key.endsWith('_one')))

const english = comparable(en)
const chinese = comparable(zh)

describe('The texts', () => {
  test('have the same keys in English and Chinese', () => {
    expect(english.size).toBeGreaterThan(150)
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('have the same gaps', () => {
    for (const [key, text] of english) expect([key, gapsOf(chinese.get(key) ?? '')]).toEqual([key, gapsOf(text)])
  })

  test('are written in both', () => {
    for (const [key, text] of [...english, ...chinese]) expect([key, text.trim()]).not.toEqual([key, ''])
    const untranslated = [...chinese].filter(([key, text]) => text === english.get(key) && /[a-z]{4}/i.test(text))
    expect(untranslated).toEqual([])
  })

  test('know only codes that there are', () => {
    expect(Object.keys(en.errors).filter(code => !(code in IM_ERROR_CODES))).toEqual([])
  })
})
