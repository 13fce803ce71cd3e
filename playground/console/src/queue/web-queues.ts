/** The queues that a server shows to a page: reached over a WebSocket, in workspaces that processes elsewhere own. */
import { IMClient } from 'im-client'
import type { Queues } from '../host/host.ts'
import { type Entrance, enter } from './entrance.ts'
import { SupervisedWorkspace } from './supervised-workspace.ts'

/** See the head of this file. */
export function webQueues(entrance: Entrance): Queues {
  return {
    list: async () => {
      const entered = await enter(entrance, '')
      if (entered.name === 'refused') throw entered.error
      if (entered.name === 'unreachable') return undefined
      entered.socket.close()
      return entered.answer.workspaces ?? []
    },
    look: workspace => {
      const way = new SupervisedWorkspace({ ...entrance, workspace })
      const client = new IMClient({ storage: way.storage, attach: true })
      return {
        client,
        way,
        end: () => {
          way.stop()
          void client.close()
        },
      }
    },
  }
}
