/** CRC-32 of a text: enough to tell a record that was written whole from one that a crash or a bad disk has altered. */

const POLYNOMIAL = 0xedb88320

const TABLE: Int32Array = makeTable()

/**
 * CRC-32 (ISO 3309) over the text's UTF-16 code units: one byte for an ASCII character, two for any other. Of an ASCII
 * text it is the usual CRC-32 of its bytes. Unsigned. `previous` is the sum of the text that comes before, so that a long
 * text need not be put together to be summed.
 */
export function crc32(text: string, previous = 0): number {
  let crc = ~previous
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    crc = (TABLE[(crc ^ unit) & 0xff] as number) ^ (crc >>> 8)
    if (unit > 0x7f) crc = (TABLE[(crc ^ (unit >>> 8)) & 0xff] as number) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1
    return crc
  })
}
