import { describe, expect, it } from 'vitest'
import { parseCount, parseDuration, parsePort, parseTimeout } from '../../../../adapters/cli/values.ts'

describe('A value of the command line', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['30', 30_000],
    ['1.5m', 90_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
  ])('is a time: %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds))

  it.each(['', 'soon', '-1s', '5 apples', '1e3', 'Infinity'])('is no time: %j', text => {
    expect(() => parseDuration(text)).toThrow(/30s/)
  })

  it('is no time that a timer could not wait', () => {
    expect(parseTimeout('24d')).toBe(24 * 86_400_000)
    expect(() => parseTimeout('25d')).toThrow(/24d/)
  })

  it.each(['0', '-1', '1.5', 'x', ''])('is no count: %j', text =>
    expect(() => parseCount(text)).toThrow(/whole number/),
  )

  it.each(['', '-1', '65536', '80.5', 'http'])('is no port: %j', text => expect(() => parsePort(text)).toThrow(/65535/))

  it('is a count, or a port', () => {
    expect([parseCount('12'), parsePort('0'), parsePort('65535')]).toEqual([12, 0, 65_535])
  })
})
