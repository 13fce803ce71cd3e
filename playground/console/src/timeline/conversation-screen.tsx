/** An open conversation: its head, its messages, and where one writes. */
import type { Message } from 'im-client'
import { useClient } from 'im-client/adapters/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Composer, type Mode } from '../composer/composer.tsx'
import { useDirectory } from '../directory/directory.tsx'
import { showError } from '../errors.ts'
import { navigate } from '../route.ts'
import { ConversationHeader } from './conversation-header.tsx'
import classes from './conversation-screen.module.css'
import { DeleteDialog } from './delete-dialog.tsx'
import { isRefused } from './failure.tsx'
import { Timeline } from './timeline.tsx'
import { useMarkRead, useReadSeq } from './use-reading.ts'
import { useTimeline } from './use-timeline.ts'

/** What is to be shown. */
export interface ConversationScreenProps {
  readonly conversationId: string
  /** A message to show; the end by default. */
  readonly seq: number | undefined
}

/** A conversation. */
export function ConversationScreen({ conversationId, seq }: ConversationScreenProps) {
  const { nameOf } = useDirectory()
  const toNewest = useCallback(() => navigate({ section: 'chats', id: conversationId }), [conversationId])
  const timeline = useTimeline(conversationId, seq, toNewest)
  const { conversation, messages } = timeline
  const [isAtEnd, setAtEnd] = useState(true)
  const [firstSeq] = useState(seq)
  const opened = useReadSeq(conversation)
  const readSeq = firstSeq === undefined ? opened : undefined // whoever came to see one message wants no other place
  useMarkRead(conversation, isAtEnd)
  const { mode, setMode, deleting, setDeleting, actions } = useDoings()
  const endMode = useCallback(() => setMode(undefined), [setMode])
  const submit = useSubmit(timeline.send, toNewest, seq !== undefined)
  const editLast = useEditLast(messages, setMode)
  return (
    <section className={classes['conversation']} aria-label={nameOf(conversationId)}>
      <ConversationHeader conversationId={conversationId} conversation={conversation} />
      <Timeline
        key={seq ?? 'newest'}
        messages={messages}
        pages={timeline}
        isLoading={timeline.isLoading}
        readSeq={readSeq}
        seq={seq}
        actions={actions}
        onEnd={setAtEnd}
      />
      <Composer
        conversationId={conversationId}
        mode={mode}
        onModeEnd={endMode}
        onSubmit={submit}
        onEditLast={editLast}
      />
      <DeleteDialog message={deleting} onClose={() => setDeleting(undefined)} />
    </section>
  )
}

type Send = ReturnType<typeof useTimeline>['send']

/** Sends a text, an answer or a change. Whoever looks at an old stretch sees the end again. */
function useSubmit(send: Send, toNewest: () => void, isAway: boolean) {
  const client = useClient()
  return async (text: string, mode: Mode | undefined) => {
    if (mode?.kind === 'edit') return await client.editMessage(mode.message.id, { text })
    await send(mode ? { text, replyTo: mode.message.id } : { text })
    if (isAway) toNewest()
  }
}

/** Begins to change the last message of one's own. */
function useEditLast(messages: readonly Message[], setMode: (mode: Mode) => void) {
  const { agentId } = useDirectory()
  return () => {
    const message = messages.findLast(({ from, deletedAt }) => from === agentId && !deletedAt)
    if (message) setMode({ kind: 'edit', message })
  }
}

/** What the messages offer. The same object for as long as the conversation is open. */
function useDoings() {
  const client = useClient()
  const { agentId } = useDirectory()
  const [mode, setMode] = useState<Mode>()
  const [deleting, setDeleting] = useState<Message>()
  const actions = useMemo(
    () => ({
      reply: (message: Message) => setMode({ kind: 'reply', message }),
      edit: (message: Message) => setMode({ kind: 'edit', message }),
      remove: setDeleting,
      react: (message: Message, reaction: string) => {
        const removed = message.reactions?.[reaction]?.includes(agentId) ?? false
        client.react(message.id, reaction, { removed }).catch(showError)
      },
      retry: (message: Message) => {
        const { to, text, data, replyTo } = message
        const again = isRefused(message)
          ? client.redriveDeadLetters({ messageIds: [message.id] })
          : client.sendMessage({ to, text, ...(data === undefined ? {} : { data }), ...(replyTo ? { replyTo } : {}) })
        again.catch(showError)
      },
    }),
    [client, agentId],
  )
  useComposerFocus(mode)
  return { mode, setMode, deleting, setDeleting, actions }
}

/** A menu that closes gives the focus back to what opened it; whoever chose to write wants to write. */
function useComposerFocus(mode: Mode | undefined) {
  const last = useRef(mode)
  useEffect(() => {
    if (!mode || last.current === mode) return
    last.current = mode
    const timer = setTimeout(() => document.querySelector<HTMLElement>('[data-composer]')?.focus(), 60)
    return () => clearTimeout(timer)
  }, [mode])
}
