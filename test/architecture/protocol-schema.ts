/** IM Protocol v1 as JSON Schema, made from the schemas that the code itself uses. */
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { IM_ERROR_CODES } from '../../src/index.ts'
import { outcomesSchema, positionsSchema, readerPositionSchema } from '../../src/model/conversation.ts'
import * as events from '../../src/model/event.ts'
import * as fields from '../../src/model/fields.ts'
import { MAX_ID_LENGTH } from '../../src/model/id.ts'
import { rareResults } from '../../src/protocol/rare-results.ts'
import { requestParams } from '../../src/protocol/request-params.ts'
import { clientNotificationSchemas, serverNotificationSchemas, usualResults } from '../../src/protocol/schemas.ts'

const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
const ID = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH }

/** The fields that are checked by a function, in the words of JSON Schema. */
const FIELDS = new Map<unknown, object>([
  [fields.idSchema, { ...ID, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' }],
  [fields.accountIdSchema, { ...ID, pattern: '^(?!group-)[^\\u0000-\\u001f\\u007f-\\u009f]*$' }],
  [fields.eventIdSchema, { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' }],
  [fields.countSchema, COUNT],
  [fields.seqSchema, { ...COUNT, minimum: 1 }],
  [
    fields.instantSchema,
    { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)$' },
  ],
  [fields.reactionTextSchema, { type: 'string', pattern: '^[\\s\\S]{1,64}$' }],
  [fields.textSchema, { type: 'string' }],
  [fields.flagSchema, { type: 'boolean' }],
  [fields.jsonSchema, {}],
  [
    outcomesSchema,
    {
      type: 'object',
      propertyNames: { pattern: '^[1-9]\\d{0,14}$' },
      additionalProperties: { enum: ['expired', 'failed', 'done'] },
    },
  ],
])

const EVENTS = [
  events.messageEventSchema,
  events.editEventSchema,
  events.deletionEventSchema,
  events.reactionEventSchema,
  events.membershipEventSchema,
  events.unknownEventSchema,
]

const config: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  errorMode: 'throw',
  overrideSchema: ({ valibotSchema }) => {
    const schema: unknown = valibotSchema
    if (schema === events.conversationEventSchema) return { anyOf: EVENTS.map(convert) }
    if (schema === events.unknownEventSchema) return convert(events.stampSchema) // and whatever else: it is kept
    if (schema === positionsSchema) return record(readerPositionSchema)
    if (valibotSchema.type !== 'custom') return undefined
    if ('words' in valibotSchema) return words(valibotSchema.words as string[])
    const field = FIELDS.get(schema)
    if (!field) throw new Error('There is a check in the schemas that has no words in JSON Schema.')
    return { ...field }
  },
}

function record(values: v.GenericSchema): object {
  return { type: 'object', propertyNames: { type: 'string' }, additionalProperties: convert(values) }
}

/** One word is a constant. */
function words(options: readonly string[]): object {
  return options.length === 1 ? { const: options[0] } : { enum: options }
}

/** The whole document, as text. */
export function protocolSchema(): string {
  const results = { ...usualResults, ...rareResults }
  const requests = Object.entries(requestParams).map(([method, params]) => {
    const result = results[method as keyof typeof results]
    return [method, { params: convert(params), result: convert(result) }] as const
  })
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'IM Protocol v1',
    description:
      'Generated from the schemas of im-client. docs/protocol.md is normative; unknown properties are ignored.',
    requests: Object.fromEntries(requests),
    clientNotifications: convertAll(clientNotificationSchemas),
    serverNotifications: convertAll(serverNotificationSchemas),
    errorCodes: Object.keys(IM_ERROR_CODES),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function convertAll(schemas: Readonly<Record<string, v.GenericSchema>>): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema)]))
}

function convert(schema: v.GenericSchema): object {
  const { $schema: _, $defs: __, ...converted } = toJsonSchema(schema, config) // the definitions are of what is written out
  return converted
}
