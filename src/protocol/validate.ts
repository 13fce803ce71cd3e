/** Everything from the wire passes a schema before it is used. */
import * as v from 'valibot'
import { IMError } from '../errors.ts'

/** Where in a value an issue lies: its keys, joined by dots; empty for the value itself. */
export function pathOf({ path }: v.BaseIssue<unknown>): string {
  return path?.map(({ key }) => String(key)).join('.') ?? ''
}

/**
 * The value as its schema gives it.
 * @throws IMError `PROTOCOL_PARAMS_INVALID`, details `{path, problem}` of the first problem
 */
export function validate<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const path = pathOf(issue)
  throw new IMError('PROTOCOL_PARAMS_INVALID', `${what}: ${path || 'the value'} is not valid.`, {
    details: { path, problem: issue.type, expected: issue.expected ?? null },
  })
}
