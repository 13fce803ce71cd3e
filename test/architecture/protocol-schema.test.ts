/** The published JSON Schema is the code's own. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { protocolSchema } from './protocol-schema.ts'
import { ROOT } from './source-files.ts'

describe('docs/protocol.schema.json', () => {
  test('says what src/protocol says; renew it with "npm run schema"', async () => {
    await expect(protocolSchema()).toMatchFileSnapshot('../../docs/protocol.schema.json')
  })

  test('describes every method that docs/protocol.md describes', () => {
    const { requests, clientNotifications, serverNotifications } = JSON.parse(protocolSchema())
    const described = Object.keys({ ...requests, ...clientNotifications, ...serverNotifications })
    const document = readFileSync(`${ROOT}/docs/protocol.md`, 'utf8')
    expect(described.length).toBeGreaterThan(10)
    expect(described.filter(method => !document.includes(method))).toEqual([])
  })
})
