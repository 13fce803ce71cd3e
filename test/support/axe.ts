/** What axe finds on a page: rules for those who see, hear or move in other ways. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright'

/** Each finding as a sentence, with the element that it is about. */
export async function findingsOfAxe(page: Page): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(source)
  const { violations, passes } = await page.evaluate(
    async (): Promise<AxeResults> => await Reflect.get(window, 'axe').run(document),
  )
  if (passes.length < 10) throw new Error('axe saw next to nothing.')
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`))
}
