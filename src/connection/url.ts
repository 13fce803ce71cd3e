/** The address of the WebSocket endpoint. */
import { ENDPOINT_PATH } from '../protocol/version.ts'

const SCHEMES: Readonly<Record<string, string>> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }

/**
 * The endpoint of a server's URL: `http` and `https` become `ws` and `wss`, and `/im` is added to the path.
 * @throws TypeError for what is no such URL, or one that carries a user name, a password, a query or a fragment
 */
export function endpointUrl(imServerUrl: string): string {
  let url: URL
  try {
    url = new URL(imServerUrl)
  } catch {
    throw new TypeError('imServerUrl is not a URL; write for instance http://localhost:8080') // without the text: it may hold a secret
  }
  const scheme = SCHEMES[url.protocol]
  if (!scheme) throw new TypeError('imServerUrl must begin with http:, https:, ws: or wss:')
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError('imServerUrl must not carry credentials, a query or a fragment; pass the token as `token`')
  }
  const path = url.pathname.replace(/\/+$/, '')
  return `${scheme}//${url.host}${path.endsWith(ENDPOINT_PATH) ? path : path + ENDPOINT_PATH}`
}
