/** The project's own source files, parsed. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The folder of the project, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../.', import.meta.url)).replace(/[\\/]$/, '')

/** One file: its path from the root with forward slashes, and its syntax. */
export interface SourceText {
  readonly path: string
  readonly text: string
  readonly syntax: ts.SourceFile
}

/** Parses a text as the file of that path. */
export function parse(path: string, text: string): SourceText {
  return { path, text, syntax: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) }
}

/** Every TypeScript file, but for bare declarations, below a folder, in order of path. None is an error: a rule that sees nothing holds for nothing. */
export function sourceFiles(...folders: readonly string[]): SourceText[] {
  const files = folders.flatMap(folder => {
    const found = readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
      .map(path => `${folder}/${path.replaceAll('\\', '/')}`)
      .filter(path => /(?<!\.d)\.tsx?$/.test(path) && !path.includes('/node_modules/'))
    if (found.length === 0) throw new Error(`There is no source file in ${folder}.`)
    return found.sort()
  })
  return files.map(path => parse(path, readFileSync(`${ROOT}/${path}`, 'utf8')))
}

/** Walks a file's syntax, every node once, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild(child => walk(child, visit))
}

/** `path:line`, as editors understand it. */
export function placeOf(file: SourceText, node: ts.Node): string {
  const { line } = file.syntax.getLineAndCharacterOfPosition(node.getStart(file.syntax))
  return `${file.path}:${line + 1}`
}
