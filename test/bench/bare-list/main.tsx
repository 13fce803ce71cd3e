/** The list library and the console's row, and nothing else: every message is in memory from the beginning. */
import '@mantine/core/styles.css'
import '../../../playground/console/src/global.css'
import { MantineProvider } from '@mantine/core'
import type { Message } from 'im-client'
import { useEffect, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import { VList, type VListHandle } from 'virtua'
import { type Directory, DirectoryContext } from '../../../playground/console/src/directory/directory.tsx'
import { startI18n } from '../../../playground/console/src/i18n/i18n.ts'
import { TextsProvider } from '../../../playground/console/src/i18n/use-texts.tsx'
import { styleNonce } from '../../../playground/console/src/nonce.ts'
import { resolveVariables, theme } from '../../../playground/console/src/theme.ts'
import { MessageActionsProvider } from '../../../playground/console/src/timeline/message-actions.ts'
import { MessageRow } from '../../../playground/console/src/timeline/message-row.tsx'
import { type Row, rowsOf } from '../../../playground/console/src/timeline/rows.ts'
import { TimeFormatProvider } from '../../../playground/console/src/use-time-format.tsx'
import { longHistoryMessage } from '../../support/long-history.ts'

const SELF = 'you'
const OTHER = 'archive'

const count = Number(new URLSearchParams(location.search).get('count'))
const rows = rowsOf(
  Array.from({ length: count }, (_, at) => messageAt(at + 1)),
  { agentId: SELF, readSeq: undefined },
)

const DIRECTORY: Directory = {
  agentId: SELF,
  contacts: new Map(),
  conversations: [],
  isLoading: false,
  nameOf: id => id,
  isOnline: () => undefined,
}

const nothing = () => {}
const ACTIONS = { reply: nothing, edit: nothing, remove: nothing, react: nothing, retry: nothing, jump: nothing }

function messageAt(seq: number): Message {
  const { id, from, text, at } = longHistoryMessage(OTHER, SELF, seq)
  const to = from === SELF ? OTHER : SELF
  return { id, conversationId: OTHER, seq, from, to, text, sentAt: at, acceptedAt: at, status: 'accepted' }
}

/** Opens at its end. */
function List() {
  const list = useRef<VListHandle>(null)
  useEffect(() => list.current?.scrollToIndex(rows.length - 1, { align: 'end' }), [])
  return (
    <VList ref={list} data={rows} style={{ height: '100vh' }} data-testid="timeline">
      {(row: Row) => (
        <MessageRow key={row.message.id} row={row} quoted={undefined} isCurrent={false} isHighlighted={false} />
      )}
    </VList>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the list.')
await startI18n()
createRoot(root).render(
  <MantineProvider theme={theme} getStyleNonce={styleNonce} cssVariablesResolver={resolveVariables}>
    <TextsProvider>
      <DirectoryContext value={DIRECTORY}>
        <TimeFormatProvider>
          <MessageActionsProvider value={ACTIONS}>
            <List />
          </MessageActionsProvider>
        </TimeFormatProvider>
      </DirectoryContext>
    </TextsProvider>
  </MantineProvider>,
)
