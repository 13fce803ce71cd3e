/** The rules of the house, each of which sees files and can fail. */
import { describe, expect, test } from 'vitest'
import * as rules from './code-rules.ts'
import { parse, type SourceText, sourceFiles } from './source-files.ts'

const core = sourceFiles('src')
const programs = [...core, ...sourceFiles('adapters', 'playground', 'test/conformance', 'docs/examples')]
const tests = sourceFiles('test')
const everything = [...new Map([...programs, ...tests].map(file => [file.path, file])).values()]

interface Case {
  readonly rule: rules.Rule
  readonly files: readonly SourceText[]
  /** Texts that the rule must refuse. */
  readonly refused: readonly string[]
  /** Texts that look alike and that it must accept. */
  readonly accepted: readonly string[]
}

const lines = (count: number) => 'f()\n'.repeat(count)

/** A text after the name that it has in a report. */
const named = (text: string) =>
  [text.length > 60 ? `${text.slice(0, 30)}… (${text.split('\n').length - 1} lines)` : text, text] as const

const cases: Readonly<Record<string, Case>> = {
  'Files have at most 300 lines': {
    rule: rules.shortFiles,
    files: everything,
    refused: [lines(301)],
    accepted: [lines(300)],
  },
  'Functions have at most 50 lines': {
    rule: rules.shortFunctions,
    files: programs,
    refused: [`function f() {\n${lines(49)}}`, `const f = () => {\n${lines(60)}}`, `class A { m() {\n${lines(60)}} }`],
    accepted: [`function f() {\n${lines(48)}}`, lines(100)],
  },
  'The core uses no global of one runtime': {
    rule: rules.runtimeFree,
    files: core,
    refused: [
      'indexedDB.open("a")',
      'if (navigator.onLine) f()',
      'globalThis.localStorage.clear()',
      'typeof window',
      'const { env } = process',
    ],
    accepted: [
      '// window',
      'const text = "document"',
      'message.document = 1',
      'interface A { process: string }',
      'const window = 32\nf(window)',
    ],
  },
  'Types are strict and erasable': {
    rule: rules.strictTypes,
    files: programs,
    refused: ['let a: any', 'a!.b', 'enum A {}', 'namespace A {}', 'class A { constructor(readonly a: string) {} }'],
    accepted: ['const any = "any"', 'if (!a) f()', 'type A = unknown'],
  },
  'An empty catch says why': {
    rule: rules.noSilentCatch,
    files: everything,
    refused: ['try { f() } catch {}', 'try { f() } catch { /* */ }'],
    accepted: ['try { f() } catch {\n// The file may be gone already.\n}', 'try { f() } catch (error) { g(error) }'],
  },
  'Modules have no state': {
    rule: rules.noModuleState,
    files: programs,
    refused: ['let count = 0', 'export const cache = new Map()', 'const seen: Set<string> = new Set()'],
    accepted: ['const limit = 1', 'const known: ReadonlySet<string> = new Set(["a"])', 'function f() { let a = 0 }'],
  },
  'Every export is documented': {
    rule: rules.documentedExports,
    files: programs,
    refused: ['export function f() {}', 'export const a = 1', '// not a comment of its own\nexport class A {}'],
    accepted: ['/** Does it. */\nexport function f() {}', "export { a } from './a.ts'", 'function g() {}'],
  },
  'Nothing is silenced or left for later': {
    rule: rules.cleanComments,
    files: programs,
    refused: [`// @ts-${'ignore'}`, `// ${'TO'}DO: more`, `// biome-${'ignore'} lint: no`],
    accepted: ['// what is to do', 'const todo = 1'],
  },
  'No test is focused or skipped for good': {
    rule: rules.noFocusedTests,
    files: tests,
    refused: ['test.only("a", f)', 'describe.skip("a", f)', 'it.todo("a")', 'test.only.each([])("a", f)'],
    accepted: ['test("only", f)', 'test.skipIf(a)("a", f)', 'list.only'],
  },
  'Nothing speaks of one machine': {
    rule: rules.nothingLocal,
    files: everything,
    refused: [`const path = '/${'home'}/somebody'`, `// see /${'work'}/notes`],
    accepted: ["const path = '~/work'", '// homework/'],
  },
}

describe.each(Object.entries(cases))('%s', (_, { rule, files, refused, accepted }) => {
  test('in every file', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap(rule)).toEqual([])
  })

  test.each(refused.map(named))('refuses %j', (_, text) => {
    expect(rule(parse('src/model/planted.ts', text))).not.toEqual([])
  })

  test.each(accepted.map(named))('accepts %j', (_, text) => {
    expect(rule(parse('src/model/planted.ts', text))).toEqual([])
  })
})

describe('The client', () => {
  test('is at most 150 lines long', () => {
    expect(rules.shortFiles(parse('src/client.ts', lines(151)))).not.toEqual([])
    expect(core.some(({ path }) => path === 'src/client.ts')).toBe(true)
  })
})
