/** The code blocks of the documents, to be compiled as a reader would. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { compilerOptions } from './exports.ts'
import { ROOT } from './source-files.ts'

/** A block of TypeScript in a document. */
export interface CodeBlock {
  /** `path:line` of its first line. */
  readonly place: string
  readonly code: string
  /** Whether it has elements of React in it. */
  readonly isJsx?: boolean
  /** Why it is not compiled, where the document says so: "```ts no-check: the reason". */
  readonly unchecked: string | undefined
}

/** README.md and every document in docs, in order of path. */
export function documents(): { readonly path: string; readonly text: string }[] {
  const inDocs = readdirSync(`${ROOT}/docs`).filter(name => name.endsWith('.md'))
  const paths = ['README.md', ...inDocs.sort().map(name => `docs/${name}`)].filter(path =>
    existsSync(`${ROOT}/${path}`),
  )
  return paths.map(path => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }))
}

/** The blocks of one document that begin with "```ts", "```tsx" or "```typescript". */
export function codeBlocks({ path, text }: { readonly path: string; readonly text: string }): CodeBlock[] {
  const found = text.matchAll(/^```(tsx?|typescript)\b(?: no-check: (.+))?.*\n([\s\S]*?)^```$/gm)
  return [...found].map(match => {
    const line = text.slice(0, match.index).split('\n').length + 1
    return { place: `${path}:${line}`, code: match[3] ?? '', isJsx: match[1] === 'tsx', unchecked: match[2] }
  })
}

/**
 * What the compiler says of the blocks, each message with the line of the document. A block is a module; where it uses
 * names that a block above it in the document has made, it goes on from there, as a reader does.
 */
export function compileBlocks(blocks: readonly CodeBlock[]): string[] {
  const checked = blocks.filter(({ unchecked }) => unchecked === undefined)
  const sources = new Map(
    checked.map(({ isJsx }, index) => [
      `${ROOT}/docs/block-${index}.${isJsx ? 'tsx' : 'ts'}`,
      inContext(checked, index),
    ]),
  )
  const options = { ...compilerOptions(), noUnusedLocals: false, noUnusedParameters: false }
  const program = ts.createProgram([...sources.keys()], options, hostOver(sources, options))
  return [...sources.keys()].flatMap((name, index) => {
    const file = program.getSourceFile(name)
    if (!file) throw new Error(`The compiler did not see ${name}.`)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return found.map(problem => describeProblem(problem, checked[index], sources.get(name) ?? ''))
  })
}

/** A block, after the blocks of its document whose names it needs. */
function inContext(blocks: readonly CodeBlock[], index: number): string {
  const block = blocks[index]
  if (!block) return ''
  const document = documentOf(block)
  const needsContext = !/^import /m.test(block.code)
  const context = needsContext ? blocks.slice(0, index).filter(other => documentOf(other) === document) : []
  const starts = context.findLastIndex(({ code }) => /^import /m.test(code))
  const before = context.slice(Math.max(0, starts)).map(({ code }) => code)
  return [...before, block.code, 'export {}\n'].join(SEPARATOR)
}

const SEPARATOR = '\n;\n'

function documentOf({ place }: CodeBlock): string {
  return place.slice(0, place.lastIndexOf(':'))
}

function hostOver(sources: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    fileExists: name => sources.has(name) || host.fileExists(name),
    readFile: name => sources.get(name) ?? host.readFile(name),
    getSourceFile: (name, target, ...rest) => {
      const text = sources.get(name)
      return text === undefined ? host.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target)
    },
  }
}

function describeProblem(problem: ts.Diagnostic, block: CodeBlock | undefined, source: string): string {
  const message = ts.flattenDiagnosticMessageText(problem.messageText, ' ')
  const line = source.slice(source.lastIndexOf(block?.code ?? ''), problem.start ?? 0).split('\n').length
  return `${block?.place} (line ${line} of the block): ${message}`
}
