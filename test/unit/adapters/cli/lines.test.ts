import { describe, expect, it } from 'vitest'
import { MAX_LINE_BYTES, readLines } from '../../../../adapters/cli/lines.ts'

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function linesOf(text: string, size: number) {
  const lines = []
  for await (const line of readLines(chunked(Buffer.from(text), size))) lines.push(line)
  return lines
}

describe('Lines', () => {
  it.each([1, 2, 3, 5, 64])('are split at 0x0A alone, however the bytes come (%i at a time)', async size => {
    const lines = await linesOf('客户端\n\na\u2028b\r\nlast', size)
    expect(lines.map(({ text }) => text)).toEqual(['客户端', '', 'a\u2028b\r', 'last'])
    expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4])
  })

  it('tell how many bytes were read, to the very end', async () => {
    const text = '客户\nab\n'
    expect((await linesOf(text, 4)).map(({ bytesRead }) => bytesRead)).toEqual([7, 10])
  })

  it('of nothing are none', async () => {
    expect(await linesOf('', 8)).toEqual([])
  })

  it('that are too long have no text, and the next is whole', async () => {
    const lines = await linesOf(`${'x'.repeat(MAX_LINE_BYTES + 1)}\nnext\n`, 1024 * 1024)
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, undefined],
      [2, 'next'],
    ])
  })
})
