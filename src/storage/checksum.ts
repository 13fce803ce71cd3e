/** CRC-32 of a text: enough to tell a record that was written whole from one that a crash or a bad disk has altered. */

const POLYNOMIAL = 0xedb88320

const TABLE: Int32Array = makeTable()

/** CRC-32 of a text's UTF-8, unsigned: {@link crc32}, or a runtime's own. */
export type Checksum = (text: string) => number

/** CRC-32 (ISO 3309) over the UTF-8 bytes of a well-formed text. Unsigned. */
export const crc32: Checksum = text => {
  let crc = -1
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) crc = step(crc, unit)
    else for (const byte of utf8(text.codePointAt(index) as number)) crc = step(crc, byte)
    if (isHighSurrogate(unit)) index += 1
  }
  return ~crc >>> 0
}

function step(crc: number, byte: number): number {
  return (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
}

/** The bytes of a code point beyond ASCII (RFC 3629, section 3). */
function utf8(point: number): number[] {
  const tail = (shift: number) => 0x80 | ((point >> shift) & 0x3f)
  if (point < 0x800) return [0xc0 | (point >> 6), tail(0)]
  if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)]
  return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)]
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1
    return crc
  })
}
