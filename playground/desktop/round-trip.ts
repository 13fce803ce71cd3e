/** How long a server takes to answer a small request. */

/** After this nobody waits, in milliseconds. */
const PATIENCE_MS = 5000

/** Milliseconds; nothing where it does not answer, or says that it is not well. */
export async function measureRoundTrip(server: string): Promise<number | null> {
  const url = new URL('/health', server)
  url.protocol = url.protocol.replace('ws', 'http')
  const begun = performance.now()
  try {
    const response = await fetch(url, {
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await response.body?.cancel()
    return response.ok ? performance.now() - begun : null
  } catch {
    return null // not reached
  }
}
