import type { Message } from 'im-client'
import { describe, expect, it } from 'vitest'
import { type Notice, Notices } from '../../../../playground/desktop/notices.ts'
import { desktopTexts } from '../../../../playground/desktop/texts.ts'

interface Shown extends Notice {
  readonly click: () => void
}

function world() {
  const onBoard: Shown[] = []
  const opened: string[] = []
  const person = { isLooking: false }
  const notices = new Notices({
    board: {
      show: (notice, click) => {
        const shown = { ...notice, click }
        onBoard.push(shown)
        return { close: () => void onBoard.splice(onBoard.indexOf(shown), 1) }
      },
    },
    texts: desktopTexts('en'),
    isLooking: () => person.isLooking,
    onOpen: (workspace, conversationId) => void opened.push(`${workspace} ${conversationId}`),
  })
  const say = (from: string, text: string, to: { readonly group?: string; readonly name?: string } = {}) => {
    const { group, name = group ?? from } = to
    const message = { id: text, conversationId: group ?? from, from, to: 'you', text, sentAt: '' }
    notices.tell({ workspace: 'you', message: message as unknown as Message, name })
  }
  const board = () => onBoard.map(({ title, body }) => [title, body])
  return { notices, say, board, onBoard, opened, person }
}

describe('Notices', () => {
  it('tell of a message of somebody else', () => {
    const { say, board } = world()
    say('bob', 'hello', { name: 'Bob' })
    say('ada', 'come', { group: 'group-1', name: 'Plans' })
    expect(board()).toEqual([
      ['Bob', 'hello'],
      ['Plans', 'ada: come'],
    ])
  })

  it('tell nothing to whoever looks at a window', () => {
    const { say, board, person } = world()
    person.isLooking = true
    say('bob', 'hello')
    expect(board()).toEqual([])
  })

  it('replace the one of the same conversation, and count', () => {
    const { say, board } = world()
    say('bob', 'one')
    say('bob', 'two')
    expect(board()).toEqual([['bob (2)', 'two']])
  })

  it('are a few at once, whatever arrives', () => {
    const { say, board } = world()
    for (let number = 1; number <= 100; number++) say(`somebody-${number}`, 'hello')
    expect(board().map(([title]) => title)).toEqual([97, 98, 99, 100].map(number => `somebody-${number}`))
  })

  it('lead to the conversation, and are gone', () => {
    const { say, onBoard, opened, board } = world()
    say('bob', 'hello')
    onBoard[0]?.click()
    expect(opened).toEqual(['you bob'])
    expect(board()).toEqual([])
    say('bob', 'again')
    expect(board()).toEqual([['bob', 'again']])
  })

  it('are taken away when the conversation was read, and when somebody looks', () => {
    const { say, board, notices } = world()
    for (const from of ['bob', 'ada', 'eve']) say(from, 'hello')
    notices.keep('other', new Map())
    notices.keep('you', new Map(Object.entries({ ada: 1, eve: 2 })))
    expect(board().map(([title]) => title)).toEqual(['ada', 'eve'])
    notices.clearAll()
    expect(board()).toEqual([])
  })

  it.each([
    ['lines\n\nand\ttabs', 'lines and tabs'],
    ['# **bold** `code`', 'bold code'],
    ['<b>bold</b><img src=x>', '‹b bold‹/b ‹img src=x'],
    ['bell\u0007 and \u001b[31mred', 'bell and [31mred'],
    ['\u202egpj.exe', '\ufffdgpj.exe'],
    ['\u2066\u200f', '\ufffd\ufffd'],
    [' \n ', 'A message without text'],
    ['x'.repeat(141), `${'x'.repeat(139)}…`],
    [`${'x'.repeat(138)}😀😀`, `${'x'.repeat(138)}…`],
    ['y'.repeat(50_000_000), `${'y'.repeat(139)}…`],
  ])('say %.20j plainly', (text, body) => {
    const { say, board } = world()
    say('bob', text)
    expect(board()).toEqual([['bob', body]])
  })

  it('have plain, short titles', () => {
    const { say, board } = world()
    say('bob', 'hello', { name: `<i>\u202e${'n'.repeat(1000)}` })
    const [[title = ''] = []] = board()
    expect(title).toMatch(/^‹i \ufffdn+…$/)
    expect(title).toHaveLength(60)
  })
})
