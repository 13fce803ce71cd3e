/** A typed collection of records: one schema, one place, keys of one or more parts. */
import type * as v from 'valibot'
import type { Json } from '../model/json.ts'
import type { Key, KeyPart, StorageAdapter, WriteOperation } from './contract.ts'
import { readStored } from './schema.ts'

/** Reads and prepares writes of one collection. Writing is its caller's, so that a batch can span collections. */
export class Collection<S extends v.GenericSchema> {
  readonly #storage: StorageAdapter
  readonly #name: string
  readonly #schema: S | (() => Promise<S>)

  /** The schema, or the way to it: then it is loaded when there is something to read. */
  constructor(storage: StorageAdapter, name: string, schema: S | (() => Promise<S>)) {
    this.#storage = storage
    this.#name = name
    this.#schema = schema
  }

  /** The record at a key. @throws IMError `STORAGE_DAMAGED` and those of the adapter's `get` */
  async get(...key: KeyPart[]): Promise<v.InferOutput<S> | undefined> {
    const value = await this.#storage.get(this.#key(key))
    return value === undefined ? undefined : this.#read(await this.#loaded(), value, key)
  }

  /** Every record, in key order. */
  async all(): Promise<v.InferOutput<S>[]> {
    const entries = await this.#storage.list([this.#name])
    if (entries.length === 0) return []
    const schema = await this.#loaded()
    return entries.map(({ key: [, ...key], value }) => this.#read(schema, value, key))
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

  #loaded(): S | Promise<S> {
    return typeof this.#schema === 'function' ? this.#schema() : this.#schema
  }

  #read(schema: S, value: Json, key: readonly KeyPart[]): v.InferOutput<S> {
    return readStored(schema, value, `${this.#name} ${JSON.stringify(key)}`)
  }
}
