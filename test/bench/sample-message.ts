/** Messages of 200 bytes, in any runtime. */

/** The length of a sample message's line, its line feed included. */
const LINE_BYTES = 200

/** A stored message whose JSON takes 199 bytes. */
export function sampleMessage(conversationId: string, seq: number) {
  const stamp = '2026-01-01T00:00:00.000Z'
  const message = { type: 'message', id: `m${seq}`, conversationId, seq, from: conversationId, to: 'me', text: '' }
  const sample = { ...message, sentAt: stamp, acceptedAt: stamp }
  sample.text = 'x'.repeat(Math.max(0, LINE_BYTES - 1 - JSON.stringify(sample).length))
  return sample
}
