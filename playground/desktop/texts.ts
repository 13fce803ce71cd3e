/** The few words of the app outside its windows, in the languages of the console. */

/** What the tray, the menus and the notifications say. */
export interface DesktopTexts {
  readonly app: string
  readonly show: string
  readonly another: string
  readonly quit: string
  readonly unread: (count: number) => string
  /** Above the messages of one conversation. */
  readonly several: (name: string, count: number) => string
  readonly noText: string
}

const ENGLISH: DesktopTexts = {
  app: 'IM Console',
  show: 'Show',
  another: 'Open another workspace…',
  quit: 'Quit',
  unread: count => (count === 0 ? 'No unread messages' : count === 1 ? '1 unread message' : `${count} unread messages`),
  several: (name, count) => (count === 1 ? name : `${name} (${count})`),
  noText: 'A message without text',
}

const CHINESE: DesktopTexts = {
  app: 'IM 控制台',
  show: '显示',
  another: '打开另一个工作区…',
  quit: '退出',
  unread: count => (count === 0 ? '没有未读消息' : `${count} 条未读消息`),
  several: (name, count) => (count === 1 ? name : `${name}(${count})`),
  noText: '没有文字的消息',
}

/** The texts for a language tag such as `zh-CN`; English for every other than Chinese. */
export function desktopTexts(locale: string): DesktopTexts {
  return /^zh\b/i.test(locale) ? CHINESE : ENGLISH
}
