import { describe, expect, it } from 'vitest'
import { desktopTexts } from '../../../../playground/desktop/texts.ts'
import { badgeText, UnreadCounts } from '../../../../playground/desktop/unread.ts'

describe('Unread counts', () => {
  it('are added up over the accounts, and say when the sum is another', () => {
    const counts = new UnreadCounts()
    expect(counts.set('you', 0)).toBe(false)
    expect(counts.set('you', 2)).toBe(true)
    expect(counts.set('work', 3)).toBe(true)
    expect(counts.set('work', 3)).toBe(false)
    expect(counts.total).toBe(5)
    expect(counts.set('you', 0)).toBe(true)
    expect(counts.total).toBe(3)
  })

  it.each([
    [0, ''],
    [1, '1'],
    [99, '99'],
    [100, '99+'],
    [-1, ''],
  ])('of %d fit into a badge as %j', (count, text) => expect(badgeText(count)).toBe(text))

  it.each([
    ['en-GB', 0, 'No unread messages'],
    ['en', 1, '1 unread message'],
    ['fr', 2, '2 unread messages'],
    ['zh-CN', 0, '没有未读消息'],
    ['zh', 2, '2 条未读消息'],
  ])('are told in %s', (locale, count, text) => expect(desktopTexts(locale).unread(count)).toBe(text))
})
