/** A tab of a timeline, and what is measured in it. */
import type { BrowserContext, Page } from 'playwright'

/** Whose timeline, where. */
export interface Account {
  readonly url: string
  readonly agentId: string
  /** Which page of the server. */
  readonly address: string
}

/** Frames while a timeline was scrolled. */
export interface Scrolled {
  readonly drawn: number
  readonly dropped: number
  readonly longestMs: number
}

/** So many messages in sight are a page of them. */
const ENOUGH = 6

/** How fast is scrolled, in pixels a millisecond: some seven screens a second, faster than anybody reads. */
const SPEED = 6
const SCROLLING_MS = 8000
/** What the page does for itself once it is painted is not what is measured. */
const REST_MS = 1500

/** Opens a tab of somebody who is signed in. Gives how long it took from the navigation until its messages were painted. */
export async function openPainted(context: BrowserContext, { url, agentId, address }: Account) {
  const page = await context.newPage()
  await page.addInitScript(prepare, { url, agentId, enough: ENOUGH })
  await page.goto(`${url}/${address}`)
  const paintedMs = await page.evaluate(() => (globalThis as unknown as { readonly painted: Promise<number> }).painted)
  return { page, paintedMs }
}

/** Runs before the page does: signs in, gives the token that a person would have given, and looks for messages in each frame. */
function prepare({ url, agentId, enough }: { url: string; agentId: string; enough: number }): void {
  if (location.origin !== url) return
  localStorage.setItem('im-console:account', JSON.stringify({ server: url, agentId, isSignedIn: true }))
  const channel = new BroadcastChannel(`im-console:token:${url}:${agentId}`)
  channel.onmessage = ({ data }) => data.type === 'ask' && channel.postMessage({ type: 'token', token: 'any' })
  const isSeen = (message: Element) => {
    const { top, bottom } = message.getBoundingClientRect()
    const isDrawn = message.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    return isDrawn && bottom > 0 && top < innerHeight
  }
  const painted = new Promise<number>(resolve => {
    const look = () => {
      const seen = [...document.querySelectorAll('[data-message]')].filter(isSeen)
      if (seen.length < enough) return void requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel() // told after the frame
      port1.onmessage = () => resolve(performance.now())
      port2.postMessage(undefined)
    }
    requestAnimationFrame(look)
  })
  Object.assign(globalThis, { painted })
}

/** Scrolls up steadily, and counts frames. */
export async function scrollUp(page: Page): Promise<Scrolled> {
  await page.waitForTimeout(REST_MS)
  return await page.evaluate(measureScrolling, { speed: SPEED, forMs: SCROLLING_MS })
}

async function measureScrolling({ speed, forMs }: { speed: number; forMs: number }): Promise<Scrolled> {
  const list = document.querySelector('[data-testid="timeline"]')
  if (!list) throw new Error('There is no timeline.')
  const FRAME_MS = 1000 / 60
  const deltas: number[] = []
  const begun = performance.now()
  let last = begun
  while (last - begun < forMs) {
    const now = await new Promise(requestAnimationFrame)
    const delta = now - last
    last = now
    if (delta <= 0) continue
    deltas.push(delta)
    list.scrollTop -= speed * delta
  }
  const dropped = deltas.reduce((sum, delta) => sum + Math.max(0, Math.round(delta / FRAME_MS) - 1), 0)
  return { drawn: deltas.length, dropped, longestMs: Math.max(...deltas) }
}
