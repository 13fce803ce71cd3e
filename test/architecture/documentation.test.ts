/** What the documents show compiles. */
import { describe, expect, test } from 'vitest'
import { codeBlocks, compileBlocks, documents } from './documentation.ts'

const COMPILE_MS = 120_000
const found = documents()

describe('The documents', () => {
  test(
    'show code that compiles',
    () => {
      const blocks = found.flatMap(codeBlocks)
      expect(blocks.length).toBeGreaterThan(0)
      expect(compileBlocks(blocks)).toEqual([])
    },
    COMPILE_MS,
  )

  test('begin with a README that shows code', () => {
    const readme = found.find(({ path }) => path === 'README.md')
    expect(readme && codeBlocks(readme).length).toBeGreaterThan(0)
  })

  test('link to files that exist', () => {
    const known = new Set(found.map(({ path }) => path))
    const links = found.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+\.md)(?:#[^)]*)?\)/g)].map(match => {
        const folder = path.includes('/') ? 'docs/' : ''
        return { path, target: new URL(match[1] ?? '', `file:///${folder}`).pathname.slice(1) }
      }),
    )
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter(({ target }) => !known.has(target))).toEqual([])
  })
})

describe('The check of code blocks', () => {
  const document = (...blocks: string[]) => ({
    path: 'docs/made-up.md',
    text: blocks.map(block => `Words.\n\n\`\`\`${block}\n\`\`\`\n`).join('\n'),
  })

  test(
    'finds what does not compile, at its place',
    () => {
      const planted = document("ts\nimport { IMClient } from 'im-client'\nnew IMClient({ stroage: 1 })")
      const problems = compileBlocks(codeBlocks(planted))
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(/^docs\/made-up\.md:4 \(line 2 of the block\): /)
    },
    COMPILE_MS,
  )

  test(
    'lets a block go on from the one above',
    () => {
      const first = "ts\nimport { memoryStorage } from 'im-client'\nconst storage = memoryStorage()"
      expect(compileBlocks(codeBlocks(document(first, 'ts\nawait storage.open()')))).toEqual([])
      expect(compileBlocks(codeBlocks(document('ts\nawait storage.open()')))).toHaveLength(1)
    },
    COMPILE_MS,
  )

  test('leaves out other languages, and what says why it cannot be compiled', () => {
    const blocks = codeBlocks(document('bash\nnpm start', 'ts no-check: the form of a file\n{ a, b, … }'))
    expect(blocks).toMatchObject([{ unchecked: 'the form of a file' }])
    expect(compileBlocks(blocks)).toEqual([])
  })
})
