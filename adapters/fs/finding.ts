/** What an examination finds in a workspace. */

/** Something that is not as it would be after an orderly close, in words for people. */
export interface Finding {
  readonly kind: 'owner' | 'leftover' | 'torn-tail' | 'bad-line' | 'bad-journal-record' | 'bad-document' | 'unreadable'
  /** The file, relative to the folder that was examined. */
  readonly place: string
  /** The line of the file, counted from 1, where it is about one. */
  readonly line?: number
  /** Whether anything may be lost. Otherwise it is what any crash leaves behind. */
  readonly isDamage: boolean
  /** What it is, and what it means. */
  readonly message: string
  /** What becomes of it, and by what. */
  readonly remedy: string
}
