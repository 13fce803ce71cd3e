/**
 * What the files are about whose names had to be cut: a document of its own, `{file: text}`. A note is written in the batch
 * that first needs it, so that it is there whenever the file is.
 */
import type { Key } from '../../src/storage/contract.ts'
import type { EncodedOperation } from '../../src/storage/journal-record.ts'
import type { SortedMap } from '../../src/storage/sorted-map.ts'
import { documentPlace, isLogPlace, LOGS, logPlace } from './layout.ts'

/** See the head of this file. */
export class CutNames {
  readonly #map: SortedMap

  constructor(map: SortedMap) {
    this.#map = map
  }

  /** Conversations whose file names were cut. */
  conversations(): string[] {
    return this.#texts(isLogPlace)
  }

  /** Collections whose file names were cut. */
  collections(): string[] {
    return this.#texts(place => !isLogPlace(place))
  }

  /** The notes that a batch still needs. */
  notesFor(operations: readonly EncodedOperation[]): EncodedOperation[] {
    return operations.flatMap(({ key }) => this.#noteFor(key) ?? [])
  }

  #noteFor([collection, conversation]: Key): EncodedOperation | undefined {
    const text = collection === LOGS ? String(conversation) : collection
    if (text.length <= SURELY_SHORT) return undefined
    const { place, reversible } = collection === LOGS ? logPlace(text) : documentPlace(text)
    const key: Key = [LOGS, place]
    return reversible || this.#map.get(key) !== undefined ? undefined : { key, text: JSON.stringify(text) }
  }

  #texts(isWanted: (place: string) => boolean): string[] {
    const entries = this.#map.list([LOGS]).filter(({ key }) => isWanted(String(key[1])))
    return entries.map(({ value }) => String(value))
  }
}

/** A text of this length is never cut: a UTF-16 code unit takes nine bytes of a file name at most. */
const SURELY_SHORT = 16
