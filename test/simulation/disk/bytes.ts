/** Bytes that grow. */

const FIRST_LENGTH = 1024

/** See the head of this file. A hole that a write leaves reads as zeros. */
export class Bytes {
  #buffer = new Uint8Array(0)
  #length = 0

  /** The bytes as they are; valid until the next change. */
  get view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#reserve(offset + bytes.length)
    this.#buffer.set(bytes, offset)
    this.#length = Math.max(this.#length, offset + bytes.length)
  }

  truncate(size: number): void {
    this.#reserve(size)
    if (size < this.#length) this.#buffer.fill(0, size, this.#length)
    this.#length = size
  }

  copy(): Bytes {
    const copy = new Bytes()
    copy.write(0, this.view)
    return copy
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(FIRST_LENGTH, 2 * this.#buffer.length, length))
    grown.set(this.#buffer)
    this.#buffer = grown
  }
}
