/** Which records make up the journal. */
import { describe, expect, test } from 'vitest'
import { chainOf, type FoundRecord } from '../../../../adapters/unstorage/chain.ts'
import { type JournalEntry, type RecordKind, recordName } from '../../../../adapters/unstorage/record.ts'

interface Sketch {
  readonly at: readonly [epoch: number, sequence: number, owner: string]
  readonly kind: RecordKind
  readonly previous?: FoundRecord
  readonly floor?: FoundRecord
}

function record({ at: [epoch, sequence, owner], kind, previous, floor }: Sketch): FoundRecord {
  const id = { epoch, sequence, owner }
  const name = recordName(id)
  const entry: JournalEntry = { kind, previous: previous?.name, floor: floor?.name ?? name, text: '' }
  return { name, id, raw: 'raw', entry }
}

const opening = record({ at: [1, 1, 'a'], kind: 'opening' })
const confirmed = record({ at: [1, 2, 'a'], kind: 'confirmed', previous: opening, floor: opening })
const first = record({ at: [1, 3, 'a'], kind: 'group', previous: confirmed, floor: opening })
const rejected = record({ at: [1, 4, 'a'], kind: 'group', previous: first, floor: opening })
const second = record({ at: [1, 5, 'a'], kind: 'group', previous: first, floor: opening })

function namesOf(records: readonly FoundRecord[]): string[] {
  return chainOf(records).links.map(({ name }) => name)
}

describe('The journal', () => {
  test('is the way back from the newest record to its floor, in order', () => {
    expect(namesOf([second, first, confirmed, opening])).toEqual(
      [opening, confirmed, first, second].map(one => one.name),
    )
  })

  test('leaves a record out that was rejected and is there all the same', () => {
    expect(namesOf([opening, confirmed, first, rejected, second])).not.toContain(rejected.name)
  })

  test('is not that of an owner which was overtaken while it opened, whatever its epoch', () => {
    const overtaken = record({ at: [2, 4, 'b'], kind: 'opening', previous: first })
    expect(namesOf([opening, confirmed, first, second, overtaken]).at(-1)).toBe(second.name)
  })

  test('is that of a successor which has confirmed its opening', () => {
    const next = record({ at: [2, 4, 'b'], kind: 'opening', previous: first })
    const after = record({ at: [2, 5, 'b'], kind: 'confirmed', previous: next, floor: next })
    expect(namesOf([opening, confirmed, first, second, next, after])).toEqual([next.name, after.name])
  })

  test('names the record that is damaged on its way, and goes on below it', () => {
    const damaged = { ...first, entry: undefined }
    const { links, torn } = chainOf([opening, confirmed, damaged, second])
    expect(links.map(({ name }) => name)).toEqual([opening, confirmed, first, second].map(one => one.name))
    expect(links.filter(link => !('entry' in link))).toEqual([{ name: first.name, raw: 'raw' }])
    expect(torn).toEqual([])
  })

  test('names the record that is gone', () => {
    const { links } = chainOf([opening, confirmed, second])
    expect(links.filter(link => !('entry' in link))).toEqual([{ name: first.name, raw: '' }])
  })

  test('ends before a record that a crash cut off', () => {
    const { links, torn } = chainOf([opening, confirmed, first, { ...second, entry: undefined }])
    expect(links.at(-1)?.name).toBe(first.name)
    expect(torn.map(({ name }) => name)).toEqual([second.name])
  })

  test('is empty where there is none', () => {
    expect(chainOf([])).toEqual({ links: [], torn: [] })
  })
})
