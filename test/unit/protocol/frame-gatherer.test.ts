import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameGatherer } from '../../../src/protocol/frame-gatherer.ts'
import { messagesOf } from '../../../src/protocol/json-rpc.ts'

function gathering(maxLength?: number) {
  const frames: string[] = []
  const gatherer = new FrameGatherer(frame => frames.push(frame), maxLength)
  return { gatherer, frames }
}

test('Frames: the messages of one turn go out as one, in order, when it has ended', async () => {
  const { gatherer, frames } = gathering()
  for (const text of ['{"a":1}', '{"a":2}']) gatherer.add(text)
  expect(frames).toEqual([])
  await Promise.resolve()
  gatherer.add('{"a":3}')
  await Promise.resolve()
  expect(frames).toEqual(['[{"a":1},{"a":2}]', '{"a":3}'])
})

test('Frames: what was gathered can be sent at once, and is not sent twice', async () => {
  const { gatherer, frames } = gathering()
  gatherer.add('1')
  gatherer.flush()
  gatherer.flush()
  await Promise.resolve()
  expect(frames).toEqual(['1'])
})

test('Frames: none of several messages is longer than the bound, and nothing is lost or reordered', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 50 })
  await fc.assert(
    fc.asyncProperty(lengths, async lengths => {
      const { gatherer, frames } = gathering(60)
      const texts = lengths.map((length, index) => JSON.stringify(`${index}${'x'.repeat(length)}`))
      for (const text of texts) gatherer.add(text)
      await Promise.resolve()
      for (const frame of frames) if (messagesOf(frame).length > 1) expect(frame.length).toBeLessThanOrEqual(62)
      expect(frames.flatMap(frame => messagesOf(frame).map(message => JSON.stringify(message)))).toEqual(texts)
    }),
  )
})
