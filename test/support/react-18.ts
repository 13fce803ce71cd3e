/** React DOM 18, beside React DOM 19 and with its own React: both are installed, one of them under other names. */
import Module, { createRequire } from 'node:module'

/** What React DOM 18 asks for by the usual names, by the names under which it is installed here. */
const NAMES: Readonly<Record<string, string>> = { react: 'react-18', 'react-dom': 'react-dom-18' }

interface Resolver {
  _resolveFilename(request: string, parent: { readonly filename?: string } | undefined, ...rest: unknown[]): string
}

const resolver = Module as unknown as Resolver
const resolve = resolver._resolveFilename
resolver._resolveFilename = (request, parent, ...rest) => {
  const isOurs = parent?.filename?.includes('/node_modules/react-dom-18/')
  return resolve((isOurs && NAMES[request]) || request, parent, ...rest)
}

const require = createRequire(import.meta.url)

/** `react` of React 18. */
export const react = require('react-18') as typeof import('react')

/** `react-dom/client` of React 18. */
export const client = require('react-dom-18/client') as typeof import('react-dom/client')

/** `react-dom/server` of React 18. */
export const server = require('react-dom-18/server') as typeof import('react-dom/server')
