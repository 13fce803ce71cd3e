/** What the package gives: its entry points and the names that each exports. */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { ROOT } from './source-files.ts'

interface PackageFile {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
}

/** The options that the project is compiled with. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${ROOT}/tsconfig.json`, ts.sys.readFile)
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT).options
}

/** Every entry point for programs, by the name it is imported by, and the source that it is built from. */
export function entryPoints(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as PackageFile
  const entries = Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return []
    const source = target.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts')
    return [[path.replace(/^\./, 'im-client'), source] as const]
  })
  return new Map(entries)
}

/** The names that each entry point exports, one a line, with what they are. */
export function publicSurface(): string {
  const entries = [...entryPoints()]
  const program = ts.createProgram(
    entries.map(([, source]) => `${ROOT}/${source}`),
    compilerOptions(),
  )
  const checker = program.getTypeChecker()
  const parts = entries.map(([name, source]) => {
    const file = program.getSourceFile(`${ROOT}/${source}`)
    const module = file && checker.getSymbolAtLocation(file)
    if (!module) throw new Error(`${source} is not a module.`)
    const names = checker.getExportsOfModule(module).map(symbol => `  ${symbol.name}: ${kindOf(symbol, checker)}`)
    return [name, ...names.sort()].join('\n')
  })
  return `${parts.join('\n\n')}\n`
}

function kindOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  if (flags & ts.SymbolFlags.Class) return 'class'
  if (flags & ts.SymbolFlags.Function) return 'function'
  if (flags & ts.SymbolFlags.Variable) return 'value'
  return 'type'
}
