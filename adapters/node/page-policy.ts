/** What a browser may do with the pages that are served, said in the headers of each response. */

/** Stands in the page for the nonce of the response: its `<style>` elements carry it, and nothing else may bring styles. */
export const NONCE_PLACEHOLDER = '__STYLE_NONCE__'

/** A host with its port, as it may stand in a policy. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** What does not change from response to response. */
const FIXED = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()',
} as const

/** What a policy depends on. */
export interface PolicyPlace {
  /** The `Host` of the request: sockets to it are the page's own, which not every browser takes from `'self'`. */
  readonly host: string | undefined
  /** Absent for what is no page. */
  readonly nonce?: string
}

/** The headers of a response that keep a page to itself. Scripts and workers get them too: a worker's own are those that count. */
export function policyHeaders({ host = '', nonce }: PolicyPlace): Record<string, string> {
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : ''
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${sockets}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return { ...FIXED, 'content-security-policy': policy.join('; ') }
}
