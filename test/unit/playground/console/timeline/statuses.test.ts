/** How statuses look: told apart without colour, each with its words. */
import { type MessageStatus, STATUS_LADDER } from 'im-client'
import { describe, expect, test } from 'vitest'
import en from '../../../../../playground/console/src/i18n/en.json'
import { STATUS_LOOKS } from '../../../../../playground/console/src/timeline/statuses.ts'

const STATUSES: readonly MessageStatus[] = [...STATUS_LADDER, 'failed', 'expired']

describe('A status', () => {
  test('has a picture of its own', () => {
    expect(Object.keys(STATUS_LOOKS).sort()).toEqual([...STATUSES].sort())
    expect(new Set(STATUSES.map(status => STATUS_LOOKS[status].Icon)).size).toBe(STATUSES.length)
  })

  test('has a word and an explanation', () => {
    expect(Object.keys(en.status).sort()).toEqual([...STATUSES].sort())
    expect(Object.keys(en.statusHint).sort()).toEqual([...STATUSES].sort())
  })

  test('is alarming only where nothing arrives any more', () => {
    const alarming = STATUSES.filter(status => ['bad', 'warn'].includes(STATUS_LOOKS[status].tone))
    expect(alarming).toEqual(['failed', 'expired'])
  })
})
