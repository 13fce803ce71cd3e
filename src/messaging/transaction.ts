/** Changes that belong together: seen by later steps of the same group at once, by everybody else once stored. */
import type { WriteOperation } from '../storage/contract.ts'
import type { Table } from './table.ts'

type Overlay = Map<string, unknown>

/** A table whose records are of any type: a transaction moves them and never looks into them. */
type AnyTable = Table<unknown>

/** What became of one record: `undefined` where there was, or is, none. */
export interface RecordChange {
  readonly table: AnyTable
  readonly name: string
  readonly before: unknown
  readonly after: unknown
}

/** A set of changes on top of what is stored. */
export class Transaction {
  readonly #overlays = new Map<AnyTable, Overlay>()
  readonly #effects: (() => void)[] = []
  /** The writes beside the tables' own. */
  readonly operations: WriteOperation[] = []
  /** What {@link batch} stores of the tables. */
  changes: readonly RecordChange[] = []

  get<T>(table: Table<T>, name: string): T | undefined {
    const overlay = this.#overlays.get(table as unknown as AnyTable)
    if (overlay?.has(name)) return overlay.get(name) as T | undefined
    return table.get(name)
  }

  put<T>(table: Table<T>, record: T): void {
    this.#overlay(table).set(table.name(record), record)
  }

  delete<T>(table: Table<T>, name: string): void {
    this.#overlay(table).set(name, undefined)
  }

  /** Adds a write beside the tables' own: an event, the cursor. */
  write(operation: WriteOperation): void {
    this.operations.push(operation)
  }

  /** Runs when the changes are stored, in order. Must not throw. */
  after(effect: () => void): void {
    this.#effects.push(effect)
  }

  /** The batch that stores everything: one operation for each record, however often it changed. */
  batch(): WriteOperation[] {
    this.changes = [...this.#overlays].flatMap(([table, overlay]) =>
      [...overlay].map(([name, after]) => ({ table, name, before: table.get(name), after })),
    )
    return [...this.operations, ...this.changes.flatMap(({ table, before, after }) => table.operation(before, after))]
  }

  /** Takes the stored changes into memory and runs what waited for them. */
  settle(): void {
    for (const { table, name, after } of this.changes) table.apply(name, after)
    for (const effect of this.#effects) effect()
  }

  #overlay<T>(table: Table<T>): Overlay {
    const key = table as unknown as AnyTable
    const overlay = this.#overlays.get(key) ?? new Map()
    this.#overlays.set(key, overlay)
    return overlay
  }
}
