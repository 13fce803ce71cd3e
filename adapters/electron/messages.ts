/** The messages of windows, checked: what comes in may be anything that can be cloned. */
import * as v from 'valibot'
import { MAX_WORKSPACE_NAME, type ToMain } from './bridge.ts'

/** The longest name of a port. */
const MAX_PORT_NAME = 128

const portSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PORT_NAME))

const messageSchema: v.GenericSchema<unknown, ToMain> = v.variant('type', [
  v.strictObject({
    type: v.literal('open'),
    port: portSchema,
    workspace: v.pipe(v.string(), v.maxLength(MAX_WORKSPACE_NAME)),
  }),
  v.strictObject({ type: v.literal('text'), port: portSchema, text: v.string() }),
  v.strictObject({
    type: v.literal('read'),
    port: portSchema,
    characters: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
  v.strictObject({ type: v.literal('close'), port: portSchema }),
])

/** A message of a window; `undefined` for what is none. */
export function readMessage(given: unknown): ToMain | undefined {
  const result = v.safeParse(messageSchema, given, { abortEarly: true })
  return result.success ? result.output : undefined
}
