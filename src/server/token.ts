/**
 * Tokens: an account and an expiry, signed with the server's key (HMAC with SHA-256, RFC 2104), so that nobody has to keep them.
 *
 *   im1.<base64url of {"sub": account, "exp": milliseconds since 1970}>.<base64url of the signature>
 */

const PREFIX = 'im1'

/** The shortest key that is accepted, in bytes. */
export const MIN_TOKEN_KEY_BYTES = 32

/** Whose token, and until when. */
export interface TokenClaims {
  readonly agentId: string
  /** Milliseconds since 1970; for ever by default. */
  readonly expiresAt?: number
}

/** What a server finds out about a token. */
export type TokenVerdict = 'valid' | 'malformed' | 'not signed by this server' | 'for another account' | 'expired'

/**
 * Signs a token.
 * @throws TypeError for a key of fewer than {@link MIN_TOKEN_KEY_BYTES} bytes
 */
export async function createToken(key: Uint8Array, { agentId, expiresAt }: TokenClaims): Promise<string> {
  const claims = encodeBase64Url(new TextEncoder().encode(JSON.stringify({ sub: agentId, exp: expiresAt })))
  const signed = `${PREFIX}.${claims}`
  const signature = await crypto.subtle.sign('HMAC', await importKey(key), new TextEncoder().encode(signed))
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`
}

/** Checks a token: its signature first, in constant time, and nothing else of a token that is not this server's. */
export async function verifyToken(
  key: Uint8Array,
  { agentId, token, now }: { readonly agentId: string; readonly token: string; readonly now: number },
): Promise<TokenVerdict> {
  const [prefix, claims, signature, ...rest] = token.split('.')
  if (prefix !== PREFIX || !claims || !signature || rest.length > 0) return 'malformed'
  const bytes = decodeBase64Url(signature)
  const signed = new TextEncoder().encode(`${PREFIX}.${claims}`)
  if (!bytes || !(await crypto.subtle.verify('HMAC', await importKey(key), bytes, signed))) {
    return 'not signed by this server'
  }
  const { sub, exp } = JSON.parse(new TextDecoder().decode(decodeBase64Url(claims))) as { sub: string; exp?: number }
  if (sub !== agentId) return 'for another account'
  return exp !== undefined && exp <= now ? 'expired' : 'valid'
}

function importKey(key: Uint8Array): Promise<CryptoKey> {
  if (key.length < MIN_TOKEN_KEY_BYTES) throw new TypeError(`A token key has at least ${MIN_TOKEN_KEY_BYTES} bytes.`)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', new Uint8Array(key), algorithm, false, ['sign', 'verify'])
}

function encodeBase64Url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, character => character.charCodeAt(0))
  } catch {
    return undefined // what is no base64 is no signature either
  }
}
