/** The nonce with which the page's policy lets style elements in. The server writes it into the page. */

/** What stands there where no server has written one: in development, without a policy. */
const PLACEHOLDER = '__STYLE_NONCE__'

/** The nonce, or an empty text where the page has no policy. */
export function styleNonce(): string {
  const nonce = document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? ''
  return nonce === PLACEHOLDER ? '' : nonce
}

/** Tells it to what Mantine stands on, which looks for it where a bundler would have put it. */
export function shareNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() })
}
