/** Who has a store: what the claim and the heartbeat say. */

/** The owner that a claim names. */
export interface Owner {
  /** Tells this claim from every other. */
  readonly nonce: string
  /** When it was taken. */
  readonly since: string
  /** See {@link ProcessIdentity}; empty and 0 in a runtime without processes. */
  readonly machine: string
  readonly pid: number
}

/** A sign of life. */
export interface Beat {
  /** Grows with every beat. */
  readonly count: number
  /** When, by the owner's clock. */
  readonly at: number
}

/** All claims have this length, at least: one over another, written in place, leaves no end of the former. */
const CLAIM_LENGTH = 400

/** The value of a claim. */
export function encodeOwner(owner: Owner): string {
  return JSON.stringify(owner).padEnd(CLAIM_LENGTH)
}

/** The owner of a value, or `undefined` where it names none. */
export function parseOwner(body: string | undefined): Owner | undefined {
  const { nonce, since, machine, pid } = parse(body)
  const texts = [nonce, since, machine].every(text => typeof text === 'string')
  return texts && Number.isSafeInteger(pid) ? ({ nonce, since, machine, pid } as Owner) : undefined
}

/** The beat of a value, or `undefined` where it is none. */
export function parseBeat(body: string | undefined): Beat | undefined {
  const { count, at } = parse(body)
  return typeof count === 'number' && typeof at === 'number' ? { count, at } : undefined
}

function parse(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(body ?? 'null') as object | null) }
  } catch {
    return {}
  }
}
