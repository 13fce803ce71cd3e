/** A browser that has been used for long: its database holds a long conversation before the console is first opened. */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright'

/** Whose browser, at which server, and what it holds. */
export interface LongHistory {
  /** The server's address, which is the page's own. */
  readonly url: string
  readonly agentId: string
  readonly conversationId: string
  readonly count: number
}

/** Fills the database of the browser, in a page of the server that runs no script. */
export async function fillBrowser(page: Page, { url, agentId, conversationId, count }: LongHistory): Promise<void> {
  await page.goto(`${url}/health`)
  await page.addScriptTag({ content: await programText() })
  const filling = { workspace: `${url}:${agentId}`, agentId, conversationId, count }
  await page.evaluate(`fillHistory(${JSON.stringify(filling)})`)
}

async function programText(): Promise<string> {
  const { url } = import.meta
  const program = fileURLToPath(new URL(`./long-history-page${extname(url)}`, url))
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
  })
  return outputFiles[0]?.text ?? ''
}
