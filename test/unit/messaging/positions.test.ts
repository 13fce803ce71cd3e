import { expect, test } from 'vitest'
import type { LinkSession } from '../../../src/connection/link.ts'
import { Ledger } from '../../../src/messaging/ledger.ts'
import { Positions } from '../../../src/messaging/positions.ts'
import { newConversation, Records } from '../../../src/messaging/records.ts'
import type { StoredMessage } from '../../../src/model/event.ts'
import { memoryStorage } from '../../../src/storage/memory-storage.ts'
import { Workspace } from '../../../src/storage/workspace.ts'
import { ManualClock, settled } from '../../support/manual-clock.ts'

/** Positions in one conversation, and what they told the server. */
async function positionsOf(agentId: string) {
  const fault = (error: unknown) => {
    throw error
  }
  const workspace = new Workspace(memoryStorage(), {
    agentId,
    newDeviceId: () => 'device',
    onRepair: () => {},
    onDamage: fault,
  })
  await workspace.open()
  const records = new Records(workspace)
  const ledger = new Ledger(workspace.storage)
  const positions = new Positions({ agentId, records, ledger, clock: new ManualClock(), onError: fault })
  await ledger.transact(transaction => {
    transaction.put(records.conversations, { ...newConversation('you', agentId), lastSeq: 9 })
  })
  const told: unknown[] = []
  const request = async (_method: string, params: { readonly read?: number }) => {
    told.push(params.read)
    return {}
  }
  positions.start({ request } as unknown as LinkSession)
  const take = (seq: number) => positions.take({ conversationId: 'you', seq } as StoredMessage)
  return { positions, take, told }
}

test('Positions: whatever moves while one is reported is reported too, at whichever moment', async () => {
  for (let turns = 0; turns < 40; turns++) {
    const { positions, take, told } = await positionsOf('me')
    take(1)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    take(2)
    await settled()
    await positions.idle()
    expect({ turns, last: told.at(-1) }).toEqual({ turns, last: 2 })
  }
})
