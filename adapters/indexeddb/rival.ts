/** Those who find a storage taken: who has it, and whether that one still answers. Loaded with the first such. */
import { IMError } from '../../src/index.ts'
import { Patience } from './patience.ts'
import { type Answer, type Call, type Holder, heard, type TabLock, tabLocks } from './tab-lock.ts'

/** How long somebody who opens the storage may keep others waiting before they are told so, in milliseconds. */
const OPENING_MS = 1_000

/** Which client of the browser holds a lock. */
export async function holderOf({ name }: TabLock): Promise<string | undefined> {
  const { held = [] } = (await tabLocks()?.query()) ?? {}
  return held.find(lock => lock.name === name)?.clientId
}

/**
 * Knocks until the holder answers that it has made a port of this name. Gives what it has answered, or `undefined` where
 * nothing comes in time: it is asleep, or gone in this moment.
 */
export function knock({ name }: TabLock, id: string): Promise<Answer | undefined> {
  return new Promise(resolve => {
    const channel = new BroadcastChannel(name)
    const ask = () => channel.postMessage({ knock: id } satisfies Call)
    const begun = performance.now()
    let answer: Answer | undefined
    const settle = (isHeard: boolean) => {
      patience.end()
      channel.close()
      resolve(isHeard ? answer : undefined)
    }
    const patience = new Patience({ ask, onSilence: () => settle(false) })
    channel.onmessage = ({ data }: MessageEvent) => {
      const { opened, to } = heard(data)
      if (opened) return ask()
      if (to !== id) return
      answer = data as Answer
      patience.heard()
      if (answer.isOpen || performance.now() - begun > OPENING_MS) settle(true)
    }
    patience.begin()
  })
}

/**
 * Takes the lock from a holder that is asleep. One that tries so at a time: whoever comes second finds another holder.
 * @throws IMError `STORAGE_LOCKED`
 */
export async function overcome(lock: TabLock): Promise<void> {
  if (!globalThis.BroadcastChannel) throw locked() // nobody could answer
  const holder = await holderOf(lock)
  const isSilent = holder !== undefined && holder === lock.silent
  const answer = isSilent ? undefined : await knock(lock, crypto.randomUUID())
  if (answer) throw locked(answer)
  const isTaken = await tabLocks()?.request(`election of ${lock.name}`, { ifAvailable: true }, async elected => {
    if (!elected) return false
    const present = await holderOf(lock)
    if (present === undefined) return lock.take({ ifAvailable: true })
    return present === holder && lock.take({ steal: true })
  })
  if (!isTaken) throw locked()
}

/** Why a storage cannot be had now. */
export function locked(holder?: Holder): IMError {
  const { since, page } = holder ?? {}
  const whose = holder ? `by the tab of ${page} since ${since}` : 'by another tab'
  return new IMError('STORAGE_LOCKED', `The storage is in use ${whose}.`, {
    details: { ...(holder && { since, page }) },
  })
}
