/** Messages of 200 bytes, and workspaces full of them that are written as a finished one lies on the disk. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The length of a sample message's line, its line feed included. */
const LINE_BYTES = 200

const WRITE_BYTES = 1024 * 1024

/** A stored message whose JSON takes 199 bytes. */
export function sampleMessage(conversationId: string, seq: number) {
  const stamp = '2026-01-01T00:00:00.000Z'
  const message = { type: 'message', id: `m${seq}`, conversationId, seq, from: conversationId, to: 'me', text: '' }
  const sample = { ...message, sentAt: stamp, acceptedAt: stamp }
  sample.text = 'x'.repeat(Math.max(0, LINE_BYTES - 1 - JSON.stringify(sample).length))
  return sample
}

/** Writes the file of a conversation of `count` messages. */
export async function writeLog(path: string, conversationId: string, count: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const stream = createWriteStream(path, { mode: 0o600 })
  let text = ''
  for (let seq = 1; seq <= count; seq++) {
    text += `${JSON.stringify(sampleMessage(conversationId, seq))}\n`
    if (text.length < WRITE_BYTES && seq < count) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  stream.end()
  await once(stream, 'close')
}
