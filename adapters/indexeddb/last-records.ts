/** The end of a listing, backwards, where a browser cannot give records backwards. Loaded in such a browser. */
import { answer, nextAnswer } from './answer.ts'

/** The texts of the last records of a range, the last one first. The key of the first wanted is sought, without its value. */
export async function lastRecords(store: IDBObjectStore, range: IDBKeyRange, count: number): Promise<string[]> {
  const seeking = store.openKeyCursor(range, 'prev')
  let cursor = await nextAnswer(seeking)
  if (cursor && count > 1) {
    cursor.advance(count - 1)
    cursor = await nextAnswer(seeking)
  }
  const found = cursor ? IDBKeyRange.bound(cursor.key, range.upper, false, true) : range
  const records: string[] = await answer(store.getAll(found))
  return records.reverse()
}
