import { describe, expect, it } from 'vitest'
import { conversationAmong, conversationLink, linkedConversation } from '../../../../playground/desktop/deep-link.ts'

describe('A link into the app', () => {
  it.each(['bob', 'group-1', '你好', 'a/b', 'x y', '?#&', 'é'.repeat(255), 'constructor'])(
    'leads back to the conversation it was made of: %.20s',
    id => expect(linkedConversation(conversationLink(id))).toBe(id),
  )

  it('may end with a slash, which some systems put there', () => {
    expect(linkedConversation('im-console://chats/bob/')).toBe('bob')
  })

  it.each([
    'https://chats/bob',
    'im-console:chats/bob',
    'im-console://chats',
    'im-console://chats/',
    'im-console://chats/a/b',
    'im-console://chats/..',
    'im-console://chats/%2e%2e/%2e%2e',
    'im-console://queue/bob',
    'im-console://chats.example/bob',
    'im-console://user:secret@chats/bob',
    'im-console://chats:80/bob',
    'im-console://chats/bob?token=x',
    'im-console://chats/bob#x',
    'im-console://chats/a%00b',
    'im-console://chats/%ff',
    `im-console://chats/${'x'.repeat(256)}`,
    `im-console://chats/${'x'.repeat(10_000_000)}`,
    'im-console://chats/bob\nim-console://chats/eve',
    '',
    7,
    null,
    { toString: () => 'im-console://chats/bob' },
  ])('is refused: %.50s', link => {
    expect(linkedConversation(link)).toBeUndefined()
  })

  it('is found among the arguments of a program', () => {
    const args = ['/opt/app', '--flag', 'im-console://chats/', 'im-console://chats/bob', 'im-console://chats/eve']
    expect(conversationAmong(args)).toBe('bob')
    expect(conversationAmong(['/opt/app', '.'])).toBeUndefined()
  })
})
