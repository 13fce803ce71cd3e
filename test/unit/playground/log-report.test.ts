import { describe, expect, it } from 'vitest'
import { type LogWork, reportOnLog } from '../../../playground/agents/log-report.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')

function log(lines: number): string {
  return 'Nov 28 04:05:06 mill cron[7]: tick\n'.repeat(lines)
}

/** Reports on a log; gives the report and the news on the way. */
async function report(text: string, work: Partial<LogWork> = {}) {
  const news: string[] = []
  const signal = new AbortController().signal
  const onProgress = async (told: string) => void news.push(told)
  const summary = await reportOnLog(text, { now: NOW, sliceMs: 0, signal, onProgress, ...work })
  return { summary, news }
}

describe('The report on a log', () => {
  it('covers every line, and tells on the way how far it is', async () => {
    const { summary, news } = await report(log(400))
    expect(summary).toMatch(/^400 lines, 3,600 words, 14,000 bytes\n/)
    expect(news).toEqual(['25 %: line 100 of 400', '50 %: line 200 of 400', '75 %: line 300 of 400'])
  })

  it('of a short text comes without news and at once', async () => {
    const { summary, news } = await report('one and one and one', { sliceMs: 1_000_000 })
    expect(summary).toMatch(/^1 line, 5 words, 19 bytes\n/)
    expect(news).toEqual([])
  })

  it('tells the same each time, whatever the number of lines', async () => {
    for (const lines of [0, 1, 20, 21, 41, 99, 1001, 5000]) {
      const first = await report(log(lines))
      expect(await report(log(lines))).toEqual(first)
      expect(first.news.length).toBeLessThanOrEqual(3)
      expect(first.summary).toContain(`${lines.toLocaleString('en-US')} line`)
    }
  })

  it('ends when the work is somebody else’s', async () => {
    const work = new AbortController()
    const onProgress = async () => work.abort(new Error('the lease is lost'))
    await expect(report(log(400), { signal: work.signal, onProgress, sliceMs: 1 })).rejects.toThrow(/abort/)
  })
})
