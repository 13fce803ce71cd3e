/**
 * What the files are about whose names had to be cut: a document of its own, `{file: text}`. A note is written in the batch
 * that first needs it, so that it is there whenever the file is.
 */
import { type EncodedOperation, type Key, keyText, type SortedMap } from '../../src/index.ts'
import { isLogPlace, LOGS, type NamedPlace } from './layout.ts'

/** See the head of this file. */
export class CutNames {
  readonly #map: () => SortedMap | undefined

  /** `map` gives what the document holds; most workspaces have none. */
  constructor(map: () => SortedMap | undefined) {
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

  /** The note that a file still needs, if it needs one. */
  noteFor({ place, reversible }: NamedPlace, text: string): EncodedOperation | undefined {
    if (reversible) return undefined
    const key: Key = [LOGS, place]
    const known = this.#map()?.get(key) !== undefined
    return known ? undefined : { key, name: keyText(key), text: JSON.stringify(text) }
  }

  #texts(isWanted: (place: string) => boolean): string[] {
    const entries = this.#map()?.list([LOGS]) ?? []
    return entries.filter(({ key }) => isWanted(String(key[1]))).map(({ value }) => String(value))
  }
}
