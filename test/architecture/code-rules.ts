/** The rules of the house for code, checked on its syntax. */
import ts from 'typescript'
import { placeOf, type SourceText, walk } from './source-files.ts'

const MAX_FILE_LINES = 300
const MAX_FUNCTION_LINES = 50
const MAX_CLIENT_LINES = 150

/** Cases that belong together may make a longer list than a program should be. */
const MAX_TEST_LINES = 350

/** What belongs to one runtime, and must not be touched in the core, which runs in all. */
const RUNTIME_GLOBALS: ReadonlySet<string> = new Set([
  'Buffer',
  'document',
  'global',
  'indexedDB',
  'localStorage',
  'navigator',
  'process',
  'require',
  'sessionStorage',
  'window',
])

const FORBIDDEN_COMMENTS = [
  { pattern: /@ts-(ignore|nocheck|expect-error)/, what: 'silences the compiler' },
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, what: 'holds a note for later' },
  { pattern: /biome-ignore/, what: 'silences the linter' },
]

/** A rule gives what breaks it in one file, each as a sentence that begins with its place. */
export type Rule = (file: SourceText) => string[]

/** No file is long, and the client, which only composes, is short. */
export const shortFiles: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length
  const isTest = path.endsWith('.test.ts')
  const most = path === 'src/client.ts' ? MAX_CLIENT_LINES : isTest ? MAX_TEST_LINES : MAX_FILE_LINES
  return lines > most ? [`${path}: has ${lines} lines, more than ${most}`] : []
}

/** No function is long. */
export const shortFunctions: Rule = file =>
  collect(file, node => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return undefined
    const [first, last] = [node.getStart(file.syntax), node.end].map(
      position => file.syntax.getLineAndCharacterOfPosition(position).line,
    )
    const lines = (last ?? 0) - (first ?? 0) + 1
    return lines > MAX_FUNCTION_LINES ? `a function of ${lines} lines` : undefined
  })

/** The core touches nothing that only one runtime has. Properties, and what a file declares itself, may be called so. */
export const runtimeFree: Rule = file => {
  const declared = new Set<string>()
  walk(file.syntax, node => {
    const binds = ts.isVariableDeclaration(node) || ts.isParameter(node)
    if (binds && ts.isIdentifier(node.name)) declared.add(node.name.text)
  })
  return collect(file, node => {
    if (!ts.isIdentifier(node) || !RUNTIME_GLOBALS.has(node.text) || declared.has(node.text)) return undefined
    const { parent } = node
    const named =
      (ts.isPropertyAccessExpression(parent) && parent.name === node && !isGlobalObject(parent.expression)) ||
      ((ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent)) && parent.name === node) ||
      ((ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node)
    return named ? undefined : `uses ${node.text}`
  })
}

/** No `any`, no `!`, no enum, no namespace, no parameter property. */
export const strictTypes: Rule = file =>
  collect(file, node => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any'
    if (ts.isNonNullExpression(node)) return 'a non-null assertion'
    if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) return 'syntax that is not erasable'
    if (ts.isParameter(node) && node.modifiers?.length) return 'a parameter property'
    return undefined
  })

/** A `catch` that does nothing says why. */
export const noSilentCatch: Rule = file =>
  collect(file, node => {
    if (!ts.isCatchClause(node) || node.block.statements.length > 0) return undefined
    return /\/[/*]\s*\w+ /.test(node.block.getText(file.syntax)) ? undefined : 'an empty catch that does not say why'
  })

/** No state of a module can change: two clients in one process have nothing in common. */
export const noModuleState: Rule = file =>
  file.syntax.statements.flatMap(statement => {
    if (!ts.isVariableStatement(statement)) return []
    const { declarationList } = statement
    const constant = (declarationList.flags & ts.NodeFlags.Const) !== 0
    const mutable = declarationList.declarations.filter(({ initializer }) => {
      const created = initializer && ts.isNewExpression(initializer) ? initializer : undefined
      return !constant || (created && /^(Map|Set|WeakMap|WeakSet)$/.test(created.expression.getText(file.syntax)))
    })
    const unfrozen = mutable.filter(({ type }) => !constant || !type?.getText(file.syntax).startsWith('Readonly'))
    return unfrozen.map(({ name }) => `${placeOf(file, name)}: module state in ${name.getText(file.syntax)}`)
  })

/** Every export is documented, but a re-export and a type that is derived from a schema beside it. */
export const documentedExports: Rule = file =>
  file.syntax.statements.flatMap(statement => {
    const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)
    if (!exported || ts.getJSDocCommentsAndTags(statement).length > 0) return []
    if (ts.isTypeAliasDeclaration(statement) && /\bInfer(In|Out)put\b|keyof typeof/.test(statement.type.getText()))
      return []
    return [`${placeOf(file, statement)}: an export without a comment`]
  })

/** Nothing is silenced, and nothing is left for later. */
export const cleanComments: Rule = file =>
  file.text.split('\n').flatMap((line, index) => {
    const found = FORBIDDEN_COMMENTS.filter(({ pattern }) => pattern.test(line))
    return found.map(({ what }) => `${file.path}:${index + 1}: ${what}`)
  })

/** No test is left focused or skipped for good. `skipIf` says its reason by its condition. */
export const noFocusedTests: Rule = file =>
  collect(file, node => {
    if (!ts.isPropertyAccessExpression(node) || !/^(only|skip|todo|fails)$/.test(node.name.text)) return undefined
    const base = node.expression.getText(file.syntax).split('.')[0] ?? ''
    return /^(test|it|describe|suite|bench)$/.test(base) ? `${base}.${node.name.text}` : undefined
  })

/** Nothing speaks of the machine that it was written on. */
export const nothingLocal: Rule = ({ path, text }) =>
  text.split('\n').flatMap((line, index) => {
    const found = /(^|[\s'"`(])\/(work|home|root|Users)\//.exec(line)
    return found ? [`${path}:${index + 1}: a path of one machine`] : []
  })

function collect(file: SourceText, judge: (node: ts.Node) => string | undefined): string[] {
  const found: string[] = []
  walk(file.syntax, node => {
    const problem = judge(node)
    if (problem) found.push(`${placeOf(file, node)}: ${problem}`)
  })
  return found
}

function isGlobalObject(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && (node.text === 'globalThis' || node.text === 'self')
}

function isExport(modifier: ts.ModifierLike): boolean {
  return modifier.kind === ts.SyntaxKind.ExportKeyword
}
