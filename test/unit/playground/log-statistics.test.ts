import { describe, expect, it } from 'vitest'
import { Frequencies } from '../../../playground/agents/frequencies.ts'
import { analyseInSlices, LogStatistics, linesOf } from '../../../playground/agents/log-statistics.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')

const LOG = `2026-11-28T04:05:06Z INFO gateway listening on 10.0.0.5:8443
2026-11-28T04:05:09Z DEBUG session 0b8d5d3e-7f53-4c1e-9d2f-1b1f0c6f8a11 opened by "alice"
2026-11-28T04:05:11Z WARN delivery slow: 1204 ms
2026-11-28T04:05:12Z WARN delivery slow: 988 ms
2026-11-28T04:05:12Z ERROR delivery failed: "no route to host"
2026-11-28T04:05:40Z error delivery failed: "connection reset"
2026-11-28T04:06:01Z INFO 消息 队列 消息

2026-11-28T06:07:08Z WARN delivery slow: 1017 ms
`

async function last(text: string, linesInSlice?: number) {
  const summaries: string[] = []
  const options = { now: NOW, ...(linesInSlice === undefined ? {} : { linesInSlice }) }
  for await (const statistics of analyseInSlices(text, options)) summaries.push(statistics.summary())
  return summaries
}

describe('The statistics of a log', () => {
  it('are a few lines of text', async () => {
    const [summary = ''] = await last(LOG)
    expect(summary.split('\n')).toEqual([
      `9 lines, 90 words, ${Buffer.byteLength(LOG)} bytes`,
      'levels: ERROR 2, WARN 3, INFO 2, DEBUG 1',
      'time: 2026-11-28T04:05:06Z to 2026-11-28T06:07:08Z (2 h 2 min)',
      'most frequent words: delivery (5), slow (3), failed (2), 消息 (2), gateway (1)',
      'most frequent messages:',
      '  3 × <time> WARN delivery slow: <n> ms',
      '  1 × <time> INFO gateway listening on <ip>:<n>',
      '  1 × <time> DEBUG session <uuid> opened by <text>',
      '  1 × <time> ERROR delivery failed: <text>',
      '  1 × <time> error delivery failed: <text>',
    ])
  })

  it('are the same however the text is cut into slices', async () => {
    const [whole] = await last(LOG)
    for (const linesInSlice of [1, 2, 3, 9, 10]) {
      const summaries = await last(LOG, linesInSlice)
      expect(summaries.length).toBe(Math.floor(9 / linesInSlice) + 1)
      expect(summaries.at(-1)).toBe(whole)
    }
  })

  it('let others have their turn between slices', async () => {
    const order: string[] = []
    setImmediate(() => order.push('another'))
    for await (const { lines } of analyseInSlices(LOG, { linesInSlice: 4 })) order.push(`${lines} lines`)
    expect(order).toEqual(['4 lines', 'another', '8 lines', '9 lines'])
  })

  it('span from the earliest to the latest time, in whatever order they come', () => {
    const statistics = new LogStatistics(NOW)
    for (const second of ['10', '05', '50', '20']) statistics.add(`Nov 28 04:05:${second} mill cron[7]: tick`)
    expect(statistics.summary()).toContain('time: 2026-11-28T04:05:05 to 2026-11-28T04:05:50 (45 s)')
  })

  it('of nothing say so', async () => {
    const nothing = '0 lines, 0 words, 0 bytes\nlevels: ERROR 0, WARN 0, INFO 0, DEBUG 0\ntime: none that is recognised'
    expect(await last('')).toEqual([nothing])
  })
})

describe('The lines of a text', () => {
  it('keep their ends, and are the text', () => {
    const text = 'a\r\n\nb\u2028c\nlast'
    expect([...linesOf(text)]).toEqual(['a\r\n', '\n', 'b\u2028c\n', 'last'])
  })
})

describe('Frequencies', () => {
  it('keep what comes often when there is more than they can hold', () => {
    const frequencies = new Frequencies(10)
    for (let i = 0; i < 1000; i++) {
      frequencies.add(`rare ${i}`)
      if (i % 2 === 0) frequencies.add('often')
    }
    expect(frequencies.top(1)).toEqual([['often', 500]])
    expect(frequencies.top(100).length).toBeLessThanOrEqual(10)
  })

  it('are in the order of their first coming where they are equal', () => {
    const frequencies = new Frequencies()
    for (const thing of ['b', 'a', 'c', 'c', 'a', 'b', 'd']) frequencies.add(thing)
    expect(frequencies.top(3)).toEqual([
      ['b', 2],
      ['a', 2],
      ['c', 2],
    ])
  })
})
