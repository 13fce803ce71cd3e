/** Workspaces full of sample messages, written as a finished one lies on the disk. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sampleMessage } from './sample-message.ts'

const WRITE_BYTES = 1024 * 1024

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
