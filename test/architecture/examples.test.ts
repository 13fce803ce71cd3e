/** What docs/adapters.md shows is what is tested. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

/** Lines of code that a storage adapter is shown in: neither blank, nor a comment, nor an import. */
const MAX_STORAGE_LINES = 60

const folder = `${ROOT}/docs/examples`
const names = readdirSync(folder).sort()
const document = readFileSync(`${ROOT}/docs/adapters.md`, 'utf8')

it('There are examples', () => {
  expect(names).toContain('log-storage.ts')
})

it.each(names)('docs/adapters.md shows %s to the letter', name => {
  const text = readFileSync(`${folder}/${name}`, 'utf8')
  expect(document).toContain(`[\`docs/examples/${name}\`](examples/${name})`)
  expect(document).toContain(`\n\`\`\`ts\n${text}\`\`\`\n`)
})

it(`The storage is at most ${MAX_STORAGE_LINES} lines of code`, () => {
  const lines = readFileSync(`${folder}/log-storage.ts`, 'utf8').split('\n')
  const code = lines.filter(line => line.trim() !== '' && !/^\s*(\/\/|\/\*|import )/.test(line))
  expect(code.length).toBeGreaterThan(20)
  expect(code.length).toBeLessThanOrEqual(MAX_STORAGE_LINES)
})
