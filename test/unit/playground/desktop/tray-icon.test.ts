/** The icons are read back by a decoder of another house: a browser's, in the end-to-end tests; here by their bytes. */
import { crc32, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodePng } from '../../../../playground/desktop/png.ts'
import { trayIcon } from '../../../../playground/desktop/tray-icon.ts'

/** The chunks of a PNG by their types, each of which has the right checksum. */
function chunksOf(png: Buffer): Map<string, Buffer> {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const body = png.subarray(at + 4, at + 8 + length)
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body))
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4))
    at += length + 12
  }
  return chunks
}

function pixelsOf(png: Buffer): { readonly at: (x: number, y: number) => readonly number[]; readonly size: number } {
  const chunks = chunksOf(png)
  const size = chunks.get('IHDR')?.readUInt32BE(0) ?? 0
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  return { size, at: (x, y) => [...rows.subarray(y * (size * 4 + 1) + 1 + x * 4).subarray(0, 4)] }
}

describe('A picture as PNG', () => {
  it('holds the pixels that it was made of', () => {
    const pixels = Uint8Array.from({ length: 2 * 3 * 4 }, (_, at) => at)
    const chunks = chunksOf(encodePng({ width: 2, height: 3, pixels }))
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND'])
    expect([...(chunks.get('IHDR') ?? [])]).toEqual([0, 0, 0, 2, 0, 0, 0, 3, 8, 6, 0, 0, 0])
    const rows = [...inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))]
    expect(rows).toEqual([0, ...pixels.subarray(0, 8), 0, ...pixels.subarray(8, 16), 0, ...pixels.subarray(16)])
  })
})

describe('The tray icon', () => {
  it.each([16, 22, 32, 64])('is a bubble on nothing, %d pixels wide', size => {
    const icon = pixelsOf(trayIcon(0, size))
    expect(icon.size).toBe(size)
    expect(icon.at(0, 0)).toEqual([0, 0, 0, 0])
    expect(icon.at(size / 2, Math.round(size * 0.2))).toEqual([79, 70, 229, 255])
  })

  it('has a red badge where messages are unread, and another one for each number up to 99', () => {
    const icon = pixelsOf(trayIcon(3, 64))
    expect(icon.at(28, 45)).toEqual([220, 38, 38, 255])
    const all = Array.from({ length: 120 }, (_, count) => trayIcon(count, 32).toString('base64'))
    expect(new Set(all).size).toBe(101)
    expect(all[100]).toBe(all[119])
  })
})
