/**
 * The shapes of what crosses, as JSON. Values that JSON has no words for stand there under marks: `$undefined`, `$number`,
 * `$error`, `$data`. Only shapes are looked at: what a text may say is for the owner to judge, who says it with a code.
 */
import * as v from 'valibot'

/** A schema of something that is made anew from what it lets pass. */
export type Shape = v.GenericSchema

/** What stands for `undefined`. */
export const UNDEFINED = { $undefined: true } as const

/** Where an argument may be left out. */
export const undefinedShape = v.strictObject({ $undefined: v.literal(true) })

/** Any text. */
export const text = v.string()

/** Any texts. */
export const texts = v.array(text)

/** Whether something is so. */
export const flag = v.boolean()

/** Any number, those included that JSON has no words for. */
export const number = v.union([v.number(), v.strictObject({ $number: v.picklist(['NaN', 'Infinity', '-Infinity']) })])

/** What a client has made of `data`: the owner decodes it, as it does what a server sends. */
const data = v.strictObject({ $data: v.strictObject({ json: v.optional(v.unknown()), meta: v.optional(v.unknown()) }) })

/** An argument that may be left out. */
export function maybe(shape: Shape): Shape {
  return v.union([undefinedShape, shape])
}

/** An object with some members that have to be there, and some that may. Others are left out, as a client does not read them. */
export function members(
  required: Readonly<Record<string, Shape>>,
  others: Readonly<Record<string, Shape>> = {},
): Shape {
  return v.object({ ...required, ...optional(others) })
}

/** The same of a query: with a member that is not known it would be about something else than was asked for. */
export function query(others: Readonly<Record<string, Shape>>): Shape {
  return v.strictObject(optional(others))
}

function optional(shapes: Readonly<Record<string, Shape>>) {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, v.optional(shape)]))
}

/** An error, with those that caused it. */
const packedError: Shape = v.strictObject({
  name: text,
  message: text,
  details: v.optional(v.record(text, v.unknown())),
  retryAfterMs: v.optional(number),
  cause: v.optional(v.lazy(() => packedError)),
})

/** What was thrown. */
export const thrown = v.strictObject({ $error: packedError })

/** Why work is given back, or has failed. */
export const reason = v.union([text, thrown])

/** What a message may say beside its text. */
const extras = {
  ...{ replyTo: text, data, parts: v.array(v.unknown()), importance: text, expiresAt: text, expectsReply: flag },
  ...{ replyKind: text, auto: flag, hop: number, causationId: text },
}

/** A message to send. */
export const outgoing = members({ to: text, text }, { id: text, ...extras })

/** A question. */
export const question = members({ to: text, text }, { id: text, timeoutMs: number, ...extras })

/** An answer. */
export const reply = v.union([text, members({ text }, extras)])

/** A new text for a message. */
export const messageChange = members({ text }, { data })
