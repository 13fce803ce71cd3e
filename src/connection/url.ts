/** The address of the WebSocket endpoint. */
import { ENDPOINT_PATH } from '../protocol/version.ts'

/**
 * The endpoint of a server's URL: `http` and `https` become `ws` and `wss`, and `/im` is added to the path.
 * @throws TypeError for what is no such URL, or one that carries a user name, a password, a query or a fragment
 */
export function endpointUrl(imServerUrl: string): string {
  const url = URL.canParse(imServerUrl) ? new URL(imServerUrl) : undefined
  const scheme = url?.protocol.replace('http', 'ws')
  if (!url || !/^wss?:$/.test(scheme ?? '') || url.username || url.password || url.search || url.hash) {
    // Without the text: it may hold a secret.
    throw new TypeError('imServerUrl must be a plain http(s) or ws(s) URL')
  }
  const path = url.pathname.replace(/\/+$/, '')
  return `${scheme}//${url.host}${path.endsWith(ENDPOINT_PATH) ? path : path + ENDPOINT_PATH}`
}
