/** A browser is killed again and again while a page stores. Each life finds all that the ones before it were told was saved. */
import { expect, onTestFinished, test } from 'vitest'
import { killBrowser, servePage, startBrowser } from '../support/browser-kills.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 6
const MAX_SAVED_PER_LIFE = 150
const PARTS = 3
const TIMEOUT_MS = 240_000

test(
  'Nothing that a page was told is saved is lost when its browser is killed, and no batch is there in part',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const saved = new Set<number>()
    let news = () => {}
    let found: readonly number[] | undefined
    const { server, url } = await servePage({
      onFound: numbers => {
        found = numbers
        news()
      },
      onSaved: number => {
        saved.add(number)
        news()
      },
    })
    onTestFinished(() => void server.close())
    const until = async (holds: () => boolean) => {
      while (!holds()) {
        await new Promise<void>(resolve => {
          news = resolve
        })
      }
    }
    const profile = await temporaryFolder()
    for (let life = 0; life <= KILLS; life++) {
      found = undefined
      const before = [...saved]
      const browser = startBrowser(profile, url)
      onTestFinished(() => killBrowser(browser))
      await until(() => found !== undefined)
      checkFound(found ?? [], before)
      const enough = saved.size + 1 + Math.floor(random.number() * MAX_SAVED_PER_LIFE)
      await until(() => saved.size >= enough)
      await killBrowser(browser)
    }
    process.stdout.write(`${KILLS} kills, ${saved.size} batches acknowledged, none lost\n`)
  },
  TIMEOUT_MS,
)

function checkFound(found: readonly number[], saved: readonly number[]): void {
  const parts = new Map<number, number>()
  for (const number of found) parts.set(number, (parts.get(number) ?? 0) + 1)
  expect(saved.filter(number => !parts.has(number))).toEqual([])
  expect([...parts].filter(([, count]) => count !== PARTS)).toEqual([])
  expect([...parts.keys()]).toEqual([...parts.keys()].map((_, index) => index)) // none without those before it
}
