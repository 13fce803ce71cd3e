/** The conversations, and the one that is open. On a phone one of the two. */
import { IconMessages } from '@tabler/icons-react'
import { useTexts } from '../i18n/use-texts.tsx'
import type { Route } from '../route.ts'
import { ConversationScreen } from '../timeline/conversation-screen.tsx'
import classes from './chats-screen.module.css'
import { ConversationList } from './conversation-list.tsx'

/** The screen of the conversations. */
export function ChatsScreen({ route }: { readonly route: Route }) {
  const { t } = useTexts()
  return (
    <div className={classes['chats']} data-open={route.id !== undefined || undefined}>
      <div className={classes['list']}>
        <ConversationList current={route.id} />
      </div>
      <div className={classes['open']}>
        {route.id === undefined ? (
          <div className={classes['nothing']}>
            <IconMessages size={40} stroke={1.2} aria-hidden />
            <p>{t('chats.choose')}</p>
            <p className={classes['hint']}>{t('chats.chooseHint')}</p>
          </div>
        ) : (
          <ConversationScreen key={route.id} conversationId={route.id} seq={route.seq} />
        )}
      </div>
    </div>
  )
}
