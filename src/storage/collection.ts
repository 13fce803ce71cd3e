/** A typed collection of records: one schema, one place, keys of one or more parts. */
import type * as v from 'valibot'
import type { Json } from '../model/json.ts'
import type { Key, KeyPart, StorageAdapter, WriteOperation } from './contract.ts'
import { readStored } from './schema.ts'

/** Reads and prepares writes of one collection. Writing is its caller's, so that a batch can span collections. */
export class Collection<S extends v.GenericSchema> {
  readonly #storage: StorageAdapter
  readonly #name: string
  readonly #schema: S

  constructor(storage: StorageAdapter, name: string, schema: S) {
    this.#storage = storage
    this.#name = name
    this.#schema = schema
  }

  /** The record at a key. @throws IMError `STORAGE_DAMAGED` and those of the adapter's `get` */
  async get(...key: KeyPart[]): Promise<v.InferOutput<S> | undefined> {
    const value = await this.#storage.get(this.#key(key))
    return value === undefined ? undefined : this.#read(value, key)
  }

  /** Every record, in key order. */
  async all(): Promise<v.InferOutput<S>[]> {
    const entries = await this.#storage.list([this.#name])
    return entries.map(({ key: [, ...key], value }) => this.#read(value, key))
  }

  put(record: v.InferOutput<S>, ...key: KeyPart[]): WriteOperation {
    return { type: 'put', key: this.#key(key), value: record as Json }
  }

  delete(...key: KeyPart[]): WriteOperation {
    return { type: 'delete', key: this.#key(key) }
  }

  #key(key: readonly KeyPart[]): Key {
    return [this.#name, ...key]
  }

  #read(value: Json, key: readonly KeyPart[]): v.InferOutput<S> {
    return readStored(this.#schema, value, `${this.#name} ${JSON.stringify(key)}`)
  }
}
