/**
 * What crosses between a window and the owner: every method of a client, its handlers, workers and claims. A call is made anew
 * from the parts that it may have; everything else is refused before the owner hears of it.
 */
import * as v from 'valibot'
import { type Crossing, type GateRules, IMError } from '../../src/index.ts'
import { CLAIM_METHODS, EVENTS, METHODS, SAYINGS, workerOptions } from './method-shapes.ts'
import { type Shape, text, thrown, UNDEFINED, undefinedShape } from './packed.ts'
import { requireTame } from './tame.ts'
import type { WindowBudget } from './window-budget.ts'

/** Handlers and workers of one port at once: more are a mistake, or worse. */
const MAX_HANDLERS = 1000

/** What the owner asks of a view, and tells it. */
const HEARD: readonly string[] = ['run', 'stopRun', 'lost', 'progress', 'event', 'pulse']

const id = v.pipe(v.number(), v.safeInteger())
const name = <Value>(names: Readonly<Record<string, Value>>) => v.custom<string>(given => isNameIn(names, given))
const list = v.array(v.unknown())

/** The calls beside those of methods, with their parameters. */
const CALLS: Readonly<Record<string, Shape>> = {
  attach: v.strictObject({ version: id, agentId: v.nullable(text) }),
  abort: v.strictObject({ id }),
  subscribe: v.strictObject({ name: name(EVENTS) }),
  handle: v.strictObject({ id }),
  remove: v.strictObject({ id }),
  pulse: v.strictObject({}),
}

const methodCall = v.strictObject({ id, name: text, args: list })
const claimCall = v.strictObject({ token: text, method: name(CLAIM_METHODS), args: list })
const saying = v.strictObject({ run: id, method: name(SAYINGS), what: v.unknown() })
const work = v.strictObject({ id, options: v.unknown() })

/** How a handler has ended: well, or with what it has thrown. */
const ran = v.union([v.strictObject({ value: undefinedShape }), v.strictObject({ error: thrown })])

/** See the head of this file. Of one port, whose handlers are counted. */
export class WindowCalls implements GateRules {
  readonly #budget: WindowBudget
  readonly #handlers = new Set<number>()

  constructor(budget: WindowBudget) {
    this.#budget = budget
  }

  /** @throws IMError `PROTOCOL_METHOD_UNKNOWN`, `PROTOCOL_PARAMS_INVALID`, `RATE_LIMITED`; TypeError for an argument */
  crossing(method: string, params: unknown): Crossing {
    requireTame(params)
    return { method, params: this.#params(method, params) }
  }

  mayHear(method: string): boolean {
    return HEARD.includes(method)
  }

  answer(method: string, result: unknown): unknown {
    if (method !== 'run') return { value: true } // that it lives
    try {
      requireTame(result)
      return checked(ran, result)
    } catch {
      return {
        error: { $error: { name: 'Error', message: 'The handler in the window has ended in no way that is known.' } },
      }
    }
  }

  #params(method: string, params: unknown): unknown {
    switch (method) {
      case 'call':
        return this.#call(params)
      case 'claim':
        return claimParams(params)
      case 'say': {
        const given = checked(saying, params)
        return { ...given, what: argument(SAYINGS[given.method], given.what) }
      }
      case 'work': {
        const given = checked(work, params)
        return this.#added({ ...given, options: argument(workerOptions, given.options) })
      }
      case 'handle':
        return this.#added(checked(v.strictObject({ id }), params))
      default:
        return this.#otherParams(method, params)
    }
  }

  #call(params: unknown): unknown {
    const given = checked(methodCall, params)
    const shapes = Object.hasOwn(METHODS, given.name) ? METHODS[given.name] : undefined
    if (!shapes) throw new IMError('PROTOCOL_METHOD_UNKNOWN', 'A client has no such method.')
    if (given.name === 'connect') this.#budget.takeConnect()
    return { ...given, args: argumentsOf(shapes, given.args) }
  }

  #otherParams(method: string, params: unknown): unknown {
    const shape = Object.hasOwn(CALLS, method) ? CALLS[method] : undefined
    if (!shape) throw new IMError('PROTOCOL_METHOD_UNKNOWN', 'An owner has no such call.')
    const given = checked(shape, params)
    if (method === 'remove') this.#handlers.delete((given as { readonly id: number }).id)
    return given
  }

  #added<Params extends { readonly id: number }>(params: Params): Params {
    if (this.#handlers.size >= MAX_HANDLERS) throw new IMError('RATE_LIMITED', 'The window has too many handlers.')
    this.#handlers.add(params.id)
    return params
  }
}

function claimParams(params: unknown): unknown {
  const given = checked(claimCall, params)
  return { ...given, args: argumentsOf(CLAIM_METHODS[given.method] ?? [], given.args) }
}

/** Those at the end that may be left out are left out as they were. */
function argumentsOf(shapes: readonly Shape[], given: readonly unknown[]): unknown[] {
  if (given.length > shapes.length) throw wrongType()
  const all = shapes.map((shape, at) => argument(shape, at < given.length ? given[at] : UNDEFINED))
  return all.slice(0, given.length)
}

/** What a client says of a wrong type in its own process too, with the code for a log. */
function argument(shape: Shape | undefined, given: unknown): unknown {
  const result = v.safeParse(shape ?? v.never(), given, { abortEarly: true })
  if (result.success) return result.output
  throw wrongType(result.issues[0])
}

function wrongType(issue?: v.BaseIssue<unknown>): TypeError {
  const path = issue?.path?.map(({ key }) => String(key)).join('.') ?? ''
  const cause = new IMError('PROTOCOL_PARAMS_INVALID', 'An argument is not of the type that the method takes.', {
    details: { path: path.slice(0, 100) },
  })
  return new TypeError(cause.message, { cause })
}

function checked<S extends v.GenericSchema>(shape: S, given: unknown): v.InferOutput<S> {
  const result = v.safeParse(shape, given, { abortEarly: true })
  if (result.success) return result.output
  throw new IMError('PROTOCOL_PARAMS_INVALID', 'The parameters are not those of the call.')
}

function isNameIn<Value>(names: Readonly<Record<string, Value>>, given: unknown): boolean {
  return typeof given === 'string' && Object.hasOwn(names, given)
}
