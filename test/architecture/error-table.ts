/** The table of error codes, as `docs/api.md` shows it. */
import { readFileSync } from 'node:fs'
import { IM_ERROR_CODES } from '../../src/index.ts'
import { ROOT } from './source-files.ts'

/** A row: the code, what it means, and whether the same call can succeed later. */
export type ErrorRow = readonly [code: string, meaning: string, retryable: string]

/** The rows that the source says. */
export function errorRows(): ErrorRow[] {
  const source = readFileSync(`${ROOT}/src/error-codes.ts`, 'utf8')
  const comments = source.matchAll(/\/\*\* (.+?) \*\/\n\s+([A-Z_]+):/g)
  const meanings = new Map([...comments].map(([, meaning = '', code = '']) => [code, meaning]))
  return Object.entries(IM_ERROR_CODES).map(([code, retryable]) => [
    code,
    meanings.get(code) ?? '',
    retryable ? 'yes' : 'no',
  ])
}

/** The rows that a document's tables show. */
export function rowsIn(markdown: string): ErrorRow[] {
  const rows = markdown.matchAll(/^\|\s*`([A-Z][A-Z_]+)`\s*\|\s*(.*?)\s*\|\s*(yes|no)\s*\|$/gm)
  return [...rows].map(([, code = '', meaning = '', retryable = '']) => [code, meaning, retryable])
}

/** The table in Markdown, to be put into the document. */
export function errorTable(): string {
  const rows = errorRows().map(([code, meaning, retryable]) => `| \`${code}\` | ${meaning} | ${retryable} |`)
  return ['| code | meaning | retryable |', '| --- | --- | --- |', ...rows].join('\n')
}
