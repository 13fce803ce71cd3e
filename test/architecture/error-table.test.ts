/** The documented codes are those of the source. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorRows, errorTable, rowsIn } from './error-table.ts'
import { ROOT } from './source-files.ts'

describe('The table of error codes', () => {
  test('gives every code a meaning', () => {
    expect(errorRows().length).toBeGreaterThan(30)
    expect(errorRows().filter(([, meaning]) => meaning === '')).toEqual([])
  })

  test('of docs/api.md says what src/errors.ts says', () => {
    const documented = rowsIn(readFileSync(`${ROOT}/docs/api.md`, 'utf8'))
    expect(documented, `Put this table into docs/api.md:\n\n${errorTable()}\n`).toEqual(errorRows())
  })

  test('can be read back from what it is written as', () => {
    expect(rowsIn(errorTable())).toEqual(errorRows())
  })
})
