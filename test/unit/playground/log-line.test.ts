import { describe, expect, it } from 'vitest'
import { isTelling, levelOf, shapeOf, timestampOf, wordsOf } from '../../../playground/agents/log-line.ts'

const NOW = Date.parse('2026-11-28T12:00:00Z')

describe('The time of a line', () => {
  it.each([
    ['2026-11-28T04:05:06Z started', '2026-11-28T04:05:06.000Z', true],
    ['[2026-11-28T04:05:06.789+08:00] started', '2026-11-27T20:05:06.789Z', true],
    ['2026-11-28T04:05:06-0330 started', '2026-11-28T07:35:06.000Z', true],
    ['2026-11-28 04:05:06,789 started', '2026-11-28T04:05:06.789Z', false],
    ['Nov 28 04:05:06 mill sshd[411]: session opened', '2026-11-28T04:05:06.000Z', false],
    ['<34>Nov  3 04:05:06 mill su: denied', '2026-11-03T04:05:06.000Z', false],
    ['10.1.2.3 - - [28/Nov/2026:04:05:06 +0200] "GET / HTTP/1.1" 200', '2026-11-28T02:05:06.000Z', true],
    ['Dec 31 23:59:59 mill cron: last year', '2025-12-31T23:59:59.000Z', false],
    ['Nov 29 11:00:00 mill cron: a clock ahead of ours', '2026-11-29T11:00:00.000Z', false],
    ['Feb 29 00:00:00 mill cron: a leap day', '2024-02-29T00:00:00.000Z', false],
    ['Nov 28 04:05:06 mill app: due at 2027-01-01T00:00:00Z', '2026-11-28T04:05:06.000Z', false],
  ])('is found in %j', (line, instant, zoned) => {
    expect(timestampOf(line, NOW)).toEqual({ ms: Date.parse(instant), zoned })
  })

  it.each([
    'started',
    '2026-13-28T04:05:06Z',
    '2026-02-30T04:05:06Z',
    '2026-11-28T25:05:06Z',
    'Nov 28',
    '04:05:06',
    '',
  ])('is not made up in %j', line => {
    expect(timestampOf(line, NOW)).toBeUndefined()
  })
})

describe('The level of a line', () => {
  it.each([
    ['2026-11-28T04:05:06Z ERROR no route', 'ERROR'],
    ['[warn] slow', 'WARN'],
    ['WARNING: slow', 'WARN'],
    ['level=info msg="an error was handled"', 'INFO'],
    ['{"level":"debug"}', 'DEBUG'],
    ['Info. All is well', 'INFO'],
  ])('of %j is %s', (line, level) => {
    expect(levelOf(line)).toBe(level)
  })

  it.each(['errors: 0', 'opened /var/log/error.log', 'error_code=3', 'error-handler ready', 'information', 'terror'])(
    'is not found in %j',
    line => {
      expect(levelOf(line)).toBeUndefined()
    },
  )
})

describe('The words of a line', () => {
  const words = (line: string) => wordsOf(line, new Intl.Segmenter(undefined, { granularity: 'word' }))

  it('are found in scripts with spaces and without', () => {
    expect(words('user_7 opened café №12')).toEqual(['user_7', 'opened', 'café', '12'])
    expect(words('连接数据库失败 timeout')).toEqual(['连接', '数据', '库', '失败', 'timeout'])
  })

  it('tell something where they are letters, enough of them, and no level', () => {
    const telling = ['opened', 'café', '连接', 'ERROR', 'warning', 'abc', '库', 'v2beta', 'x'.repeat(41)].filter(
      isTelling,
    )
    expect(telling).toEqual(['opened', 'café', '连接'])
  })
})

describe('The shape of a line', () => {
  it.each([
    ['2026-11-28T04:05:06.789Z INFO took 35ms, 1.5 MB', '<time> INFO took <n>ms, <n> MB'],
    ['Nov  3 04:05:06 mill sshd[411]: port 22', '<time> mill sshd[<n>]: port <n>'],
    ['10.1.2.3 - - [28/Nov/2026:04:05:06 +0000] "GET /a?b=1 HTTP/1.1" 200 17', '<ip> - - [<time>] <text> <n> <n>'],
    ['peer 10.0.0.7:443 and fe80::1:2 and 2001:db8:0:0:0:0:0:7', 'peer <ip>:<n> and <ip> and <ip>'],
    ['job 0b8d5d3e-7f53-4c1e-9d2f-1b1f0c6f8a11 done', 'job <uuid> done'],
    ['at 0x7FFE12 in commit 9f8e7d6c5b', 'at <hex> in commit <hex>'],
    ['cannot open \'a b\': "it\\"s" gone', 'cannot open <text>: <text> gone'],
    ["don't retry, it can't work", "don't retry, it can't work"],
    ['{"level":"info","ms":12,"path":"/a"}', '{"level":<text>,"ms":<n>,"path":<text>}'],
    ['open "/a/b": no such file', 'open <text>: no such file'],
    ['std::vector of defaced facade', 'std::vector of defaced facade'],
    ['  a\t b  ', 'a b'],
  ])('of %j is %j', (line, shape) => {
    expect(shapeOf(line)).toBe(shape)
  })

  it('is short however long the line is', () => {
    expect(shapeOf('word '.repeat(100_000))).toHaveLength(120)
  })

  it.each(['"', "'a\\", '1:', 'a:', '1.', 'f', '2026-11-28 ', 'Nov 28 ', '{"a'])(
    'and the rest of a line that repeats %j take no time that anybody would notice',
    part => {
      const line = part.repeat(200_000)
      const before = performance.now()
      shapeOf(line)
      levelOf(line)
      timestampOf(line, NOW)
      wordsOf(line, new Intl.Segmenter(undefined, { granularity: 'word' }))
      expect(performance.now() - before).toBeLessThan(5000)
    },
  )
})
