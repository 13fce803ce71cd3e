/** Which conversations of the server an account sees, and under which names. */
import type { Logged } from './truth.ts'

/** The id of an event's conversation as this account knows it; `undefined` where it does not see it. The group is of all. */
export function isSeenBy({ key }: Pick<Logged, 'key'>, agent: string): string | undefined {
  if (!key.startsWith('[')) return key
  const pair = JSON.parse(key) as string[]
  return pair.includes(agent) ? (pair.find(name => name !== agent) ?? agent) : undefined
}
