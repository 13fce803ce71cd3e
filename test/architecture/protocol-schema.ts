/** IM Protocol v1 as JSON Schema, made from the schemas that the code itself uses. */
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { IM_ERROR_CODES } from '../../src/index.ts'
import { MAX_ID_LENGTH } from '../../src/model/id.ts'
import { requestParams } from '../../src/protocol/request-params.ts'
import { clientNotificationSchemas, requestResults, serverNotificationSchemas } from '../../src/protocol/schemas.ts'

/** The rules that valibot checks by a function, in the words of JSON Schema. */
const CHECKS: Readonly<Record<string, object>> = {
  'not a valid id': { minLength: 1, maxLength: MAX_ID_LENGTH, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' },
  'not a valid account id': {
    minLength: 1,
    maxLength: MAX_ID_LENGTH,
    pattern: '^(?!group-)[^\\u0000-\\u001f\\u007f-\\u009f]*$',
  },
  'a known event of a wrong shape': {},
}

const config: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  errorMode: 'throw',
  overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? {} : undefined), // any JSON value
  overrideAction: ({ valibotAction, jsonSchema }) => {
    if (valibotAction.type === 'safe_integer') return { ...jsonSchema, type: 'integer' }
    if (valibotAction.type !== 'check') return undefined
    const rule = CHECKS[String((valibotAction as { message?: unknown }).message)]
    if (!rule) throw new Error('There is a check in the schemas that has no words in JSON Schema.')
    return { ...jsonSchema, ...rule }
  },
}

/** The whole document, as text. */
export function protocolSchema(): string {
  const requests = Object.entries(requestParams).map(([method, params]) => {
    const result = requestResults[method as keyof typeof requestResults]
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
  const { $schema: _, ...converted } = toJsonSchema(schema, config)
  return converted
}
