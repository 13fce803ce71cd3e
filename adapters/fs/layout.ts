/** Where collections lie in the folder of a workspace. */
import { decodeFileName, encodeFileName } from './file-name.ts'

/** The folder of the logs. */
export const LOG_FOLDER = 'conversations'

/** The folders of a workspace, its root first. */
export const FOLDERS = ['.', LOG_FOLDER, 'queue'] as const

/** Documents that lie elsewhere than in the root, or are called otherwise there. */
const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ['conversations', 'conversations/index.json'],
  ['pending', 'queue/pending.json'],
  ['outbox', 'queue/outbox.json'],
  ['dead', 'queue/dead.json'],
  ['awaited', 'queue/awaited.json'],
  // What the files are about whose names had to be cut. Keys of logs have three parts; those of this document have two.
  ['events', 'conversations/long-names.json'],
])

const DOCUMENT_SUFFIX = '.json'
const LOG_SUFFIX = '.jsonl'

/** The collection whose values are logs. */
export const LOGS = 'events'

/** A file, and whether what it is about can be read back from its name. */
export interface NamedPlace {
  readonly place: string
  readonly reversible: boolean
}

/** The file of a collection that is a document. */
export function documentPlace(collection: string): NamedPlace {
  const place = DOCUMENTS.get(collection)
  if (place !== undefined) return { place, reversible: true }
  const { name, reversible } = encodeFileName(collection)
  return { place: `${name}${DOCUMENT_SUFFIX}`, reversible }
}

/** The file of a conversation's log. */
export function logPlace(conversationId: string): NamedPlace {
  const { name, reversible } = encodeFileName(conversationId)
  return { place: `${LOG_FOLDER}/${name}${LOG_SUFFIX}`, reversible }
}

/** Whether a file is that of a log. */
export function isLogPlace(place: string): boolean {
  return place.startsWith(`${LOG_FOLDER}/`) && place.endsWith(LOG_SUFFIX)
}

/** The collections that have or may have a document, given the names in the root; not those whose names were cut. */
export function documentCollections(namesInRoot: readonly string[]): string[] {
  return [...new Set([...DOCUMENTS.keys(), ...decodeAll(namesInRoot, DOCUMENT_SUFFIX)])]
}

/** The conversations whose logs have these names in their folder; not those whose names were cut. */
export function logConversations(names: readonly string[]): string[] {
  return decodeAll(names, LOG_SUFFIX)
}

function decodeAll(names: readonly string[], suffix: string): string[] {
  return names
    .filter(name => name.endsWith(suffix))
    .map(name => decodeFileName(name.slice(0, -suffix.length)))
    .filter(text => text !== undefined)
}
