/** The owner's end: lets views in, and does for each what it asks. */
import type { Backend } from '../backend.ts'
import type { ConnectionState } from '../connection/state.ts'
import { asIMError } from '../errors.ts'
import type { IMClientEvents } from '../messaging/events.ts'
import type { Clock } from '../model/clock.ts'
import type { Emitter } from '../model/emitter.ts'
import type { Views } from '../storage/views.ts'
import { Guest } from './guest.ts'

/** What an owner shares. */
export interface Shared {
  readonly agentId: string
  readonly backend: Backend
  readonly emitter: Emitter<IMClientEvents>
  readonly clock: Clock
  readonly state: () => ConnectionState
}

/** Lets views in until the returned function is called. That they cannot be is told, and no reason not to work. */
export async function host(views: Views, shared: Shared): Promise<() => Promise<void>> {
  const guests = new Set<Guest>()
  try {
    const stop = await views.listen(port => {
      const guest: Guest = new Guest(shared, { port, onEnd: () => guests.delete(guest) })
      guests.add(guest)
      return guest.events
    })
    return async () => {
      for (const guest of guests) guest.close() // a port says nothing of being closed from this side
      await stop()
    }
  } catch (error) {
    shared.emitter.emit('error', asIMError(error, 'Views of this workspace cannot be let in.'))
    return async () => {}
  }
}
