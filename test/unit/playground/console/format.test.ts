/** Times, as people of a language write them. */
import { describe, expect, test } from 'vitest'
import { dayKey, timeFormat } from '../../../../playground/console/src/format.ts'

const NOW = new Date(2026, 10, 28, 9, 5).getTime()
const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString()

describe('A time', () => {
  test.each([
    ['en', at(2026, 10, 28, 8, 3), 'Today', '08:03'],
    ['zh', at(2026, 10, 28, 0, 0), '今天', '00:00'],
    ['en', at(2026, 10, 27, 23, 59), 'Yesterday', 'Fri'],
    ['en', at(2026, 10, 24, 12, 0), 'Tuesday', 'Tue'],
    ['zh', at(2026, 10, 24, 12, 0), '星期二', '周二'],
    ['en', at(2026, 2, 4, 12, 0), 'March 4', 'Mar 4'],
    ['en', at(2025, 2, 4, 12, 0), 'March 4, 2025', '3/4/2025'],
  ])('in %s of %s is %s, in short %s', (language, iso, day, short) => {
    const format = timeFormat(language)
    expect(format.day(iso, NOW)).toBe(day)
    expect(format.short(iso, NOW)).toBe(short)
  })

  test('belongs to a day of the reader', () => {
    expect(dayKey(at(2026, 10, 28, 0, 0))).toBe(dayKey(at(2026, 10, 28, 23, 59)))
    expect(dayKey(at(2026, 10, 28, 0, 0))).not.toBe(dayKey(at(2026, 10, 27, 23, 59)))
  })
})
