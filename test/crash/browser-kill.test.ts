/** A browser is killed again and again while a page stores. Each life finds all that the ones before it were told was saved. */
import { expect, onTestFinished, test } from 'vitest'
import { type Found, MortalPage } from '../support/browser-kills.ts'
import { SeededRandom, testSeed } from '../support/seeded-random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** More of them: `BROWSER_KILLS=500`. */
const KILLS = Number(process.env['BROWSER_KILLS'] ?? 6)
const MAX_SAVED_PER_LIFE = 150
const PARTS = 3
const TIMEOUT_MS = 120_000 + KILLS * 20_000

test(
  'Nothing that a page was told is saved is lost when its browser is killed, and no batch is there in part',
  async () => {
    const random = new SeededRandom(testSeed())
    process.stdout.write(`seed ${random.seed}\n`)
    const page = await mortalPage()
    for (let life = 0; life <= KILLS; life++) {
      const before = [...page.saved]
      checkFound(await page.live(1 + Math.floor(random.number() * MAX_SAVED_PER_LIFE)), before)
    }
    process.stdout.write(`${KILLS} kills, ${page.saved.size} batches acknowledged, none lost\n`)
  },
  TIMEOUT_MS,
)

test(
  'A kill that tears a record of the browser itself does not cost the database when it is opened for the second time after it',
  async () => {
    const page = await mortalPage()
    await page.live(10)
    for (let life = 0; life < 3; life++) {
      await page.tear()
      const before = [...page.saved]
      checkFound(await page.live(10), before)
    }
    const before = [...page.saved]
    checkFound(await page.live(1), before)
  },
  TIMEOUT_MS,
)

test(
  'A database that the browser has found damaged and deleted is reported as lost, and begins anew',
  async () => {
    const page = await mortalPage()
    await page.live(10)
    await page.damage()
    const { numbers, repairs } = await page.live(10)
    expect(numbers).toEqual([])
    expect(repairs).toEqual(['database-lost'])
  },
  TIMEOUT_MS,
)

async function mortalPage(): Promise<MortalPage> {
  const page = new MortalPage(await temporaryFolder())
  onTestFinished(() => page.close())
  await page.serve()
  return page
}

function checkFound({ numbers, repairs }: Found, saved: readonly number[]): void {
  const parts = new Map<number, number>()
  for (const number of numbers) parts.set(number, (parts.get(number) ?? 0) + 1)
  expect(saved.filter(number => !parts.has(number))).toEqual([])
  expect([...parts].filter(([, count]) => count !== PARTS)).toEqual([])
  expect([...parts.keys()]).toEqual([...parts.keys()].map((_, index) => index)) // none without those before it
  expect(repairs).toEqual([])
}
