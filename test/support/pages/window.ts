/** A page of an app: a client in a window, and what its hooks show of the conversation with `bob`. */
import { type ClaimedMessage, IMClient } from 'im-client'
import { bridgeStorage } from 'im-client/adapters/electron/renderer'
import { IMClientProvider, useConversation } from 'im-client/adapters/react'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

const client = new IMClient({ storage: bridgeStorage('work'), attach: true, agentId: 'alice' })

/** What tests ask of the page. */
export interface WindowPage {
  readonly client: IMClient
  claim(): Promise<string | undefined>
  complete(result: string): Promise<void>
}

let claimed: ClaimedMessage | undefined
const app: WindowPage = {
  client,
  claim: async () => {
    const [one] = await client.claimMessages()
    claimed = one
    return claimed?.message.text
  },
  complete: async result => claimed?.complete(result),
}
Object.assign(globalThis, { app })

function Conversation() {
  const { messages } = useConversation('bob')
  const items = messages.map(({ id, text, status }) => createElement('li', { key: id, title: status }, text))
  return createElement('ul', {}, items)
}

const root = document.getElementById('root')
if (root) createRoot(root).render(createElement(IMClientProvider, { client }, createElement(Conversation)))
