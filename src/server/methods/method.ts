/** What a method is given, and how its parameters are checked. */
import type * as v from 'valibot'
import { requestParams } from '../../protocol/request-params.ts'
import type { RequestMethod } from '../../protocol/schemas.ts'
import { validate } from '../../protocol/validate.ts'
import type { Reply } from '../reply.ts'
import type { Services } from '../services.ts'
import type { Session } from '../session.ts'

/** Who calls, and what the method works with. */
export interface Call {
  readonly services: Services
  readonly session: Session
}

/** The parameters of a method, checked. */
export type Params<M extends RequestMethod> = v.InferOutput<(typeof requestParams)[M]>

/** Answers one request through `reply`, or throws an IMError. */
export type Method = (call: Call, params: unknown, reply: Reply) => void

/** Makes a method of a function that takes checked parameters. */
export function method<M extends RequestMethod>(
  name: M,
  run: (call: Call, params: Params<M>, reply: Reply) => void,
): Method {
  const schema = requestParams[name]
  return (call, params, reply) => run(call, validate(schema, params, name) as Params<M>, reply)
}
